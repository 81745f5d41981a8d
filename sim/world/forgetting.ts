import type { Chance } from '../engine/chance.ts';
import { strangerUpdates } from './strangers.ts';
import type { Players } from './workload.ts';

/**
 * A customer asks to be forgotten, perhaps in the midst of it all; and for a while no key opens or is reached, in which a
 * card may get another date.
 */
export function planForgetting({ around, scene, callers }: Players, lastsMs: number, chance: Chance): void {
  const { scheduler, vault, timeline } = around;
  if (chance.hits(0.5)) {
    const wish = { call: 'forget', paymentMethodId: '', attemptId: null, setAsDefault: false } as const;
    const customer = chance.pick(scene.customers);
    callers.asksLater(chance.between(0, lastsMs - 1), { ...wish, customer, patience: chance.between(1, 4) });
  }
  if (vault === null || !chance.hits(0.3)) return;
  const forMs = chance.between(1_000, 30_000);
  const sort = chance.pick(['locked', 'away'] as const);
  const at = chance.between(0, lastsMs - 1);
  scheduler.after(at, () => {
    timeline?.note('keys', `are ${sort} for ${forMs} ms`);
    vault.outage = { sort, until: scheduler.now + forMs };
  });
  const real = scene.paymentMethods.filter((id) => !id.startsWith('pm_card'));
  if (real.length === 0 || !chance.hits(0.7)) return;
  const paymentMethodId = chance.pick(real);
  scheduler.after(Math.min(at + chance.between(0, forMs), lastsMs - 1), () => strangerUpdates(around, paymentMethodId));
}
