import { describe, expect, it } from 'vitest';
import { systemTimers } from '../../../src/adapters/system/system.ts';
import type { AppendBegun, AppendEnded, UseCaseBegun } from '../../../src/application/ports/observer.ts';
import { anEncryptedTrail } from '../privacy/support.ts';
import { aMonolith } from '../support.ts';

const actor = 'user-7';
const attemptId = 'attempt-1';
const paymentMethodId = 'pm_1';
const updated = {
  type: 'paymentMethodUpdated',
  notificationId: 'evt_1',
  requestId: null,
  idempotencyKey: null,
  paymentMethodId,
} as never;

/** A monolith, and what its observer is told of the calls that begin. */
function aWatched() {
  const monolith = aMonolith();
  const begun: UseCaseBegun[] = [];
  const useCase = (one: UseCaseBegun) => {
    begun.push(one);
    return undefined;
  };
  const { keys, store: eventStore } = anEncryptedTrail({ stored: monolith.store });
  const paymentMethods = monolith.process({ observer: { useCase }, timers: systemTimers, keys, eventStore });
  return { ...monolith, begun, paymentMethods };
}
type PaymentMethods = ReturnType<typeof aWatched>['paymentMethods'];

const calls: readonly [(paymentMethods: PaymentMethods) => Promise<unknown>, UseCaseBegun][] = [
  [
    (it) => it.attach({ paymentMethodId, customer: 'cus_Ana', attemptId, actor }),
    { useCase: 'attach', paymentMethodId, customerId: 'cus_Ana', attemptId },
  ],
  [(it) => it.detach({ paymentMethodId, attemptId, actor }), { useCase: 'detach', paymentMethodId, attemptId }],
  [
    (it) => it.setDefault({ paymentMethodId, customer: 'cus_Ana', attemptId, actor }),
    { useCase: 'setDefault', paymentMethodId, customerId: 'cus_Ana', attemptId },
  ],
  [
    (it) => it.beginSetup({ customer: 'cus_Ana', attemptId, actor }),
    { useCase: 'beginSetup', customerId: 'cus_Ana', attemptId },
  ],
  [(it) => it.ingest(updated), { useCase: 'ingest', notificationId: 'evt_1' }],
  [(it) => it.reconcile({ paymentMethodId, attemptId, actor }), { useCase: 'reconcile', paymentMethodId, attemptId }],
  [(it) => it.recover(), { useCase: 'recover' }],
  [(it) => it.sweep({ customer: 'cus_Ana' }), { useCase: 'sweep', customerId: 'cus_Ana' }],
  [(it) => it.sweep(), { useCase: 'sweep' }],
  [(it) => it.forgetCustomer({ customer: 'cus_Ana', actor }), { useCase: 'forgetCustomer', customerId: 'cus_Ana' }],
];

describe('an observer of the host’s calls', () => {
  it.each(calls.map(([call, expected]) => ({ call, expected })))('is told of $expected', async ({ call, expected }) => {
    const { begun, paymentMethods } = aWatched();
    await call(paymentMethods);
    expect(begun).toEqual([expected]);
  });

  it('is not told of a call that is refused, nor of one that only reads', async () => {
    const { begun, paymentMethods } = aWatched();
    await expect(paymentMethods.detach({ paymentMethodId: 'x', actor })).rejects.toThrow();
    await paymentMethods.history(paymentMethodId);
    expect(begun).toEqual([]);
  });
});

describe('an observer of appends', () => {
  it('is told to how many streams how many events went, and whether somebody else was first', async () => {
    const monolith = aMonolith();
    const told: (AppendBegun | AppendEnded)[] = [];
    const append = (begun: AppendBegun) => {
      told.push(begun);
      return { ended: (how: AppendEnded) => told.push(how), failed: () => {} };
    };
    const paymentMethods = monolith.process({ observer: { append } });
    const ofPm1 = { paymentMethodId, actor, customer: 'cus_Ana' };
    await paymentMethods.attach({ ...ofPm1, attemptId });
    const one = { streams: 1, events: 1 };
    expect(told).toEqual([one, { result: 'appended' }, one, { result: 'appended' }]);

    told.length = 0;
    const twins = ['attempt-2', 'attempt-3'].map((id) =>
      paymentMethods.setDefault({ paymentMethodId, actor, customer: 'cus_Ana', attemptId: id }),
    );
    await Promise.all(twins);
    expect(told).toContainEqual({ result: 'conflict' });
  });

  it('is told of an append to two streams as of one', async () => {
    const monolith = aMonolith();
    const told: AppendBegun[] = [];
    const append = (begun: AppendBegun) => {
      told.push(begun);
      return undefined;
    };
    const alias = { paymentMethodId: 'pm_card_visa', customer: 'cus_Ana', attemptId, actor };
    await monolith.process({ observer: { append } }).attach(alias);
    expect(told).toContainEqual({ streams: 2, events: 2 });
  });
});

it('closed payment methods say so to every call, and what to do', async () => {
  const { begun, paymentMethods } = aWatched();
  await paymentMethods.close();
  for (const [call] of [...calls, [(it: PaymentMethods) => it.history(paymentMethodId)] as const]) {
    await expect(call(paymentMethods)).rejects.toMatchObject({
      code: 'CLOSED',
      message: expect.stringMatching(/closed.*\. Make new/),
    });
  }
  expect(begun).toEqual([]);
});
