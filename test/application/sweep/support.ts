import type { PaymentMethodsParts } from '../../../src/application/paymentMethods.ts';
import { parseCursor } from '../../../src/application/sweep/sweepCursor.ts';
import { aMonolith } from '../support.ts';

/** A monolith that sweeps: its waits let its clock go on. */
export function aSweeping() {
  const monolith = aMonolith();
  const sleep = async (ms: number) => monolith.passes(ms);
  const sweeping = (parts: Partial<PaymentMethodsParts> = {}) => monolith.process({ timers: { sleep }, ...parts });
  return { ...monolith, paymentMethods: sweeping(), sweeping, sleep };
}

/** What is kept of what failed. */
export function kept(cursor: string | null) {
  return parseCursor(cursor);
}
