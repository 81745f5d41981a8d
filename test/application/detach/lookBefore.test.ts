import { describe, expect, it } from 'vitest';
import type { UnknownCause } from '../../../src/domain/evidence.ts';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import { aMonolith, gatewayWith } from '../support.ts';

const me = { paymentMethodId: 'pm_1', actor: 'user-7' };
const attempt = { ...me, attemptId: 'leave-1' };
const minute = 60_000;

/** A payment method that was attached past the trail. */
function attachedElsewhere() {
  const monolith = aMonolith();
  monolith.account.addCustomer('cus_Ana');
  monolith.account.addPaymentMethod({ id: 'pm_1', owner: { kind: 'customer', id: 'cus_Ana' } });
  return monolith;
}

/** One that nobody had when its detachment was asked for, of which the answer never came, and that somebody attached since. */
async function attachedSinceItWasAsked() {
  const monolith = aMonolith();
  monolith.account.addCustomer('cus_Ana');
  monolith.account.addPaymentMethod({ id: 'pm_1' });
  monolith.gateway.losesRequest({ of: 'detach' });
  expect(await monolith.paymentMethods.detach(attempt)).toMatchObject({ outcome: 'unknown' });
  monolith.account.handle({
    method: 'POST',
    path: '/v1/payment_methods/pm_1/attach',
    headers: { authorization: 'Bearer sk_test_dashboard' },
    body: 'customer=cus_Ana',
  });
  // It takes effect, and Stripe answers that, and every repeat, with a 500.
  monolith.account.faults.next({ fault: 'serverError', effect: true, match: { method: 'POST' } });
  return monolith;
}

const times = ({ gateway }: ReturnType<typeof aMonolith>, method: string) =>
  gateway.requests.filter((one) => one.method === method).length;

describe('what a detachment undoes is looked at before every ask, and recorded', () => {
  it.each([
    ['detach', (monolith: ReturnType<typeof aMonolith>) => monolith.paymentMethods.detach(attempt)],
    ['reconcile', (monolith: ReturnType<typeof aMonolith>) => monolith.paymentMethods.reconcile(me)],
    [
      'recover',
      (monolith: ReturnType<typeof aMonolith>) => {
        monolith.passes(minute);
        return monolith.paymentMethods.recover();
      },
    ],
  ])('P4: so %s does not file it as a rejection when its answer is lost', async (_, finish) => {
    const monolith = await attachedSinceItWasAsked();
    await finish(monolith);
    expect(monolith.effects()).toEqual(['attached', 'detached']);
    expect(await monolith.trail()).toEqual([
      'DetachmentRequested',
      'DetachmentOutcomeUnknown',
      'PaymentMethodAttached',
      'PaymentMethodDetached',
    ]);
    expect(await monolith.paymentMethods.detach(attempt)).toMatchObject({ outcome: 'detached', attemptId: 'leave-1' });
  });

  it('P4: also before it is asked for under a new key', async () => {
    const monolith = attachedElsewhere();
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    await monolith.paymentMethods.detach(attempt);
    monolith.passes(24 * 60 * minute);
    monolith.account.faults.next({ fault: 'serverError', effect: true, match: { method: 'POST' } });
    expect((await monolith.paymentMethods.recover()).settled).toMatchObject([{ outcome: 'detached' }]);
  });

  it('P3: a detachment that was rejected is answered without a look', async () => {
    const monolith = aMonolith();
    const result = await monolith.paymentMethods.detach(attempt);
    const asked = monolith.gateway.requests.length;
    expect(await monolith.paymentMethods.detach(attempt)).toEqual(result);
    expect(monolith.gateway.requests).toHaveLength(asked);
  });
});

describe('where the look fails', () => {
  const failing = (monolith: ReturnType<typeof aMonolith>, cause: UnknownCause) =>
    monolith.process({
      gateway: gatewayWith(monolith.gateway, {
        lookUp: async () => ({ look: 'unknown', cause, evidence: { source: 'readBack', requestId: null, tries: [] } }),
      }),
    });

  it.each([
    'timeout',
    'connectionLost',
    'unreachable',
    'serverError',
    'rateLimited',
    'stillProcessing',
    'aborted',
  ] as const)('P4: by what passes (%s), nothing is asked, and recovery asks once it has looked', async (cause) => {
    const monolith = attachedElsewhere();
    expect(await failing(monolith, cause).detach(attempt)).toEqual({ outcome: 'unknown', cause, ...wish });
    expect(times(monolith, 'detach')).toBe(0);
    expect(await monolith.trail()).toEqual(['DetachmentRequested', 'DetachmentOutcomeUnknown']);
    monolith.passes(minute);
    expect((await monolith.paymentMethods.recover()).settled).toMatchObject([{ outcome: 'detached' }]);
    expect(monolith.effects()).toEqual(['detached']);
  });

  it.each(['unexpectedAnswer', 'unexpectedEcho', 'gatewayFault', 'refusedWithoutCode'] as const)(
    'by what lasts (%s), it is asked for all the same: the answer proves it',
    async (cause) => {
      const monolith = attachedElsewhere();
      expect(await failing(monolith, cause).detach(attempt)).toMatchObject({ outcome: 'detached', customer: null });
      expect(monolith.effects()).toEqual(['detached']);
    },
  );

  it('by a fault, as of a key that may only write, it is asked for all the same', async () => {
    const monolith = attachedElsewhere();
    const lookUp = async () => Promise.reject(new Error('may not read'));
    const writeOnly = monolith.process({ gateway: gatewayWith(monolith.gateway, { lookUp }) });
    expect(await writeOnly.detach(attempt)).toMatchObject({ outcome: 'detached', attemptId: 'leave-1' });
  });

  it('by a fault, it is asked for again all the same, under its key, where an answer was lost', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach({ ...me, customer: 'cus_Ana' });
    monolith.gateway.losesResponse({ of: 'detach' });
    const lookUp = () => Promise.reject(new PaymentMethodsError('GATEWAY_FORBIDDEN', 'no read permission'));
    const writeOnly = monolith.process({ gateway: gatewayWith(monolith.gateway, { lookUp }) });
    expect(await writeOnly.detach(attempt)).toMatchObject({ outcome: 'unknown', cause: 'connectionLost' });
    expect(await writeOnly.detach(attempt)).toMatchObject({ outcome: 'detached', attemptId: 'leave-1' });
  });

  it('says less than a doubt about the request itself, which stands', async () => {
    const monolith = await attachedSinceItWasAsked();
    expect(await failing(monolith, 'timeout').detach(attempt)).toMatchObject({ cause: 'connectionLost' });
    expect(await monolith.trail()).toEqual(['DetachmentRequested', 'DetachmentOutcomeUnknown']);
    expect(times(monolith, 'detach')).toBe(1);
  });
});

describe('while it looks, somebody else', () => {
  it('may detach it: then nothing is asked', async () => {
    const monolith = attachedElsewhere();
    const { gateway } = monolith;
    const late = monolith.process({
      gateway: gatewayWith(gateway, {
        lookUp: async (id, options) => {
          const looked = await gateway.lookUp(id, options);
          if (monolith.effects().length === 0) await monolith.paymentMethods.detach(attempt);
          return looked;
        },
      }),
    });
    expect(await late.detach(attempt)).toMatchObject({ outcome: 'detached', attemptId: 'leave-1' });
    expect(times(monolith, 'detach')).toBe(1);
  });
});

const wish = { paymentMethodId: 'pm_1', attemptId: 'leave-1' };
