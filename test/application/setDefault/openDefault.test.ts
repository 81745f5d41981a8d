import { describe, expect, it } from 'vitest';
import { aMonolith, ana, gatewayWith, hour } from '../support.ts';

const first = { customer: 'cus_Ana', paymentMethodId: 'pm_1', actor: 'user-7', attemptId: 'd1' };
const second = { ...first, paymentMethodId: 'pm_2', attemptId: 'd2' };
const third = { ...first, paymentMethodId: 'pm_3', attemptId: 'd3' };
const setDefaults = { method: 'POST', path: /^\/v1\/customers\// };

async function withThree() {
  const monolith = aMonolith();
  for (const paymentMethodId of ['pm_1', 'pm_2', 'pm_3']) {
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId });
  }
  return monolith;
}

type Monolith = Awaited<ReturnType<typeof withThree>>;

/** What each default was asked with, in order. */
function asked({ gateway }: Monolith) {
  return gateway.requests.flatMap((one) =>
    one.method === 'setDefault' ? [[one.paymentMethodId, one.idempotencyKey] as const] : [],
  );
}

/** A gateway whose answer to this payment method as the default is always the same, without an effect. */
function refusing(monolith: Monolith, paymentMethodId: string, cause: 'refusedWithoutCode' | 'unexpectedAnswer') {
  const { gateway } = monolith;
  const evidence = { source: 'response', requestId: 'req_1', tries: [] } as const;
  return gatewayWith(gateway, {
    setDefault: async (request, options) =>
      request.paymentMethodId === paymentMethodId
        ? { answer: 'unknown', cause, evidence }
        : gateway.setDefault(request, options),
  });
}

describe('setDefault after another attempt that ended in doubt', () => {
  it('sends every request under a key of its own', async () => {
    const monolith = await withThree();
    monolith.account.faults.next({ fault: 'serverError', effect: false, match: setDefaults });
    expect(await monolith.paymentMethods.setDefault(first)).toMatchObject({ outcome: 'unknown' });
    monolith.passes(hour);
    expect(await monolith.paymentMethods.setDefault(second)).toMatchObject({ outcome: 'set', attemptId: 'd2' });
    expect(await monolith.paymentMethods.setDefault(third)).toMatchObject({ outcome: 'set', attemptId: 'd3' });
    const payments = new Map(asked(monolith).map(([paymentMethodId, key]) => [key, paymentMethodId]));
    for (const [paymentMethodId, key] of asked(monolith)) expect(payments.get(key)).toBe(paymentMethodId);
  });

  it('is not kept waiting by one that Stripe answered without settling it, which is superseded', async () => {
    const monolith = await withThree();
    const { setDefault } = bound(monolith.process({ gateway: refusing(monolith, 'pm_1', 'unexpectedAnswer') }));
    expect(await setDefault(first)).toMatchObject({ outcome: 'unknown', cause: 'unexpectedAnswer' });
    expect(await setDefault(second)).toMatchObject({ outcome: 'set', paymentMethodId: 'pm_2' });
    const trail = await monolith.trail();
    expect(await setDefault(first)).toEqual({
      outcome: 'superseded',
      customerId: 'cus_Ana',
      paymentMethodId: 'pm_1',
      attemptId: 'd1',
    });
    expect(await monolith.trail(), 'it is not asked for again over the later one').toEqual(trail);
  });

  it('is kept waiting by one whose key is 23 hours old, and may have been sent last just now, for two hours more', async () => {
    const monolith = await withThree();
    monolith.gateway.losesRequest({ of: 'setDefault' });
    await monolith.paymentMethods.setDefault(first);
    monolith.passes(23 * hour);
    for (const one of [second, first])
      expect(await monolith.paymentMethods.setDefault(one)).toMatchObject({ outcome: 'unknown' });
    expect(await monolith.paymentMethods.recover()).toMatchObject({ settled: [] });
    expect(asked(monolith).map(([paymentMethodId]) => paymentMethodId)).toEqual(['pm_1']);
    monolith.passes(2 * hour);
    expect(await monolith.paymentMethods.setDefault(second)).toMatchObject({ outcome: 'set', attemptId: 'd2' });
    expect(asked(monolith).map(([paymentMethodId]) => paymentMethodId)).toEqual(['pm_1', 'pm_2']);
  });

  it('waits where that one may be on its way still, and says so under its own attempt', async () => {
    const monolith = await withThree();
    monolith.gateway.losesRequest({ of: 'setDefault', times: 2 });
    await monolith.paymentMethods.setDefault(first);
    expect(await monolith.paymentMethods.setDefault(second)).toEqual({
      outcome: 'unknown',
      cause: 'attemptInProgress',
      customerId: 'cus_Ana',
      paymentMethodId: 'pm_2',
      attemptId: 'd2',
    });
    expect(asked(monolith).map(([paymentMethodId]) => paymentMethodId)).toEqual(['pm_1', 'pm_1']);
    expect(await monolith.paymentMethods.setDefault(second)).toMatchObject({ outcome: 'set', attemptId: 'd2' });
  });

  it('that Stripe refuses though the payment method is the customer’s own is rejected, and keeps nobody waiting', async () => {
    const monolith = await withThree();
    const { setDefault } = bound(monolith.process({ gateway: refusing(monolith, 'pm_1', 'refusedWithoutCode') }));
    expect(await setDefault(first)).toMatchObject({ outcome: 'rejected', reason: 'invalidRequest' });
    expect(await setDefault(second)).toMatchObject({ outcome: 'set', paymentMethodId: 'pm_2' });
  });

  it('that ran before its attach landed, and was refused, is rejected and can be asked for anew', async () => {
    const monolith = aMonolith();
    const { gateway } = monolith;
    gateway.account.addCustomer('cus_Ana');
    const early = monolith.process({
      gateway: gatewayWith(gateway, {
        setDefault: async (request, options) => {
          const answer = await gateway.setDefault(request, options);
          if (request.idempotencyKey === asked(monolith)[0]?.[1]) await monolith.paymentMethods.attach(ana);
          return answer;
        },
      }),
    });
    expect(await early.setDefault(first)).toMatchObject({ outcome: 'rejected', reason: 'invalidRequest' });
    expect(await early.setDefault({ ...first, attemptId: 'd4' })).toMatchObject({ outcome: 'set' });
  });
});

function bound(paymentMethods: Monolith['paymentMethods']) {
  return { setDefault: (input: typeof first) => paymentMethods.setDefault(input) };
}
