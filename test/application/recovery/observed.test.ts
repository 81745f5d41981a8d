import { expect, it } from 'vitest';
import { FoldedOpenAttempts } from '../../../src/application/readModels/foldedOpenAttempts.ts';
import type { SettlingBegun, SettlingEnded } from '../../../src/application/ports/observer.ts';
import { withUnattached } from '../protocol/requests.ts';
import { aMonolith, ana, dying, gatewayWith, settled } from '../support.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

it('an observer is told what recovery looks after, how it was traced when it was asked for, and how it stands', async () => {
  const monolith = aMonolith();
  const gateway = dying(monolith, false);
  const traced = monolith.process({ gateway, observer: { traceparent: () => traceparent } });
  void traced.attach({ ...ana, attemptId: 'a-1' });
  void monolith.process({ gateway }).attach({ ...ana, paymentMethodId: 'pm_2', attemptId: 'a-2' });
  await settled();
  monolith.passes(60_000);
  monolith.gateway.declines('pm_2');
  const told: (SettlingBegun | SettlingEnded)[] = [];
  const settling = (begun: SettlingBegun) => {
    told.push(begun);
    return { ended: (how: SettlingEnded) => told.push(how), failed: () => {} };
  };
  await monolith.process({ observer: { settling }, recovery: { concurrency: 1 } }).recover();
  expect(told).toEqual([
    { sort: 'attachment', attemptIds: ['a-1'], traceparents: [traceparent] },
    { outcome: 'attached', reason: null },
    { sort: 'attachment', attemptIds: ['a-2'], traceparents: [] },
    { outcome: 'rejected', reason: null },
  ]);
});

it('a pass that cannot read what is open throws, and does not say that there was nothing', async () => {
  const monolith = aMonolith();
  const down = new Error('the store is down');
  const open = new FoldedOpenAttempts(monolith.store);
  const openAttempts = { read: () => Promise.reject(down), count: () => open.count() };
  await expect(monolith.process({ openAttempts }).recover()).rejects.toBe(down);
});

it('a detachment that Stripe says no to is reported as one', async () => {
  const monolith = withUnattached();
  const detach = () => new Promise<never>(() => {});
  const gateway = gatewayWith(monolith.gateway, { detach });
  void monolith.process({ gateway }).detach({ paymentMethodId: 'pm_1', actor: 'user-7' });
  await settled();
  monolith.passes(60_000);
  expect(await monolith.paymentMethods.recover()).toMatchObject({
    settled: [{ sort: 'detachment', outcome: 'rejected' }],
  });
});
