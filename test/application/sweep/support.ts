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

/** The cursor in a text, with the ids of those that wait. */
export function kept(text: string | null) {
  const cursor = parseCursor(text);
  const idsOf = (asked: string) => cursor.waiting.filter(({ kind }) => kind === asked).map(({ id }) => id);
  return { ...cursor, failedEvents: idsOf('event'), failedCustomers: idsOf('customer') };
}
