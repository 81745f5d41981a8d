import { describe, expect, it } from 'vitest';
import { FakePaymentGateway } from '../../../src/adapters/fake/index.ts';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import { aMonolith, ana, gatewayWith } from '../support.ts';

const visa = { customer: 'cus_Ana', paymentMethodId: 'pm_1', actor: 'user-7' };
const attempt = { ...visa, attemptId: 'default-1' };

describe('setDefault', () => {
  it('makes it the default of the customer', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    expect(await monolith.paymentMethods.setDefault(attempt)).toEqual({
      outcome: 'set',
      customerId: 'cus_Ana',
      paymentMethodId: 'pm_1',
      attemptId: 'default-1',
    });
    expect((await monolith.trail()).slice(2)).toEqual(['DefaultPaymentMethodRequested', 'DefaultPaymentMethodSet']);
  });

  it('P3: repeated asks nothing; a new attempt asks anew', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    const result = await monolith.paymentMethods.setDefault(attempt);
    expect(await monolith.paymentMethods.setDefault(attempt)).toEqual(result);
    expect(await monolith.trail()).toHaveLength(4);
    expect(await monolith.paymentMethods.setDefault(visa)).toMatchObject({ outcome: 'set' });
    expect(await monolith.trail()).toHaveLength(6);
  });

  it('is rejected for a payment method that is not attached to the customer', async () => {
    const monolith = aMonolith();
    monolith.gateway.attachedElsewhere('pm_1');
    expect(await monolith.paymentMethods.setDefault(attempt)).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringMatching(/notAttachedToCustomer|paymentMethodNotFound/),
    });
  });

  it('P4: whose answer is lost is answered again under its own key', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    monolith.gateway.losesResponse({ of: 'setDefault' });
    expect(await monolith.paymentMethods.setDefault(attempt)).toMatchObject({ outcome: 'unknown' });
    expect(await monolith.paymentMethods.setDefault(attempt)).toMatchObject({ outcome: 'set' });
    const keys = monolith.gateway.requests.flatMap((one) => (one.method === 'setDefault' ? [one.idempotencyKey] : []));
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size, 'what is still on its way with that key can change nothing any more').toBe(1);
  });

  it('P4: does not take the same default, of an earlier request, for the answer to one that is on its way', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    expect(await monolith.paymentMethods.setDefault(attempt)).toMatchObject({ outcome: 'set' });
    monolith.gateway.losesRequest({ of: 'setDefault' });
    const again = { ...visa, attemptId: 'default-2' };
    expect(await monolith.paymentMethods.setDefault(again)).toMatchObject({ outcome: 'unknown' });
    const asked = monolith.gateway.requests.length;
    expect(await monolith.paymentMethods.setDefault(again)).toMatchObject({ outcome: 'set' });
    expect(monolith.gateway.requests.slice(asked).map(({ method }) => method)).toEqual(['setDefault']);
  });

  it('finishes what another attempt left open, and then asks for its own', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2' });
    monolith.gateway.losesRequest({ of: 'setDefault' });
    expect(await monolith.paymentMethods.setDefault(attempt)).toMatchObject({ outcome: 'unknown' });
    const second = { ...visa, paymentMethodId: 'pm_2', attemptId: 'default-2' };
    expect(await monolith.paymentMethods.setDefault(second)).toMatchObject({ outcome: 'set', paymentMethodId: 'pm_2' });
    const trail = await monolith.trail();
    expect(await monolith.paymentMethods.setDefault(attempt)).toMatchObject({
      outcome: 'set',
      paymentMethodId: 'pm_1',
    });
    expect(await monolith.trail(), 'the first attempt was answered, and is not asked for again').toEqual(trail);
  });

  it('is not asked for a customer that was deleted', async () => {
    const monolith = aMonolith();
    const about = { notificationId: 'evt_1', requestId: null, idempotencyKey: null };
    await monolith.paymentMethods.ingest({ ...about, type: 'customerDeleted', customerId: 'cus_Ana' as never });
    expect(await monolith.paymentMethods.setDefault(attempt)).toMatchObject({
      outcome: 'rejected',
      reason: 'customerDeleted',
    });
    expect(monolith.gateway.requests).toHaveLength(0);
  });

  it.each([
    ['an account', { ...visa, customer: 'acct_1' }],
    ['a test alias', { ...visa, paymentMethodId: 'pm_card_visa' }],
    ['no actor', { ...visa, actor: '' }],
  ])('refuses %s before any I/O', async (_, input) => {
    const monolith = aMonolith();
    await expect(monolith.paymentMethods.setDefault(input)).rejects.toMatchObject({ code: 'INVALID_COMMAND' });
    expect(monolith.gateway.requests).toHaveLength(0);
  });
});

describe('attach with setAsDefault', () => {
  const both = { ...ana, setAsDefault: true, attemptId: 'checkout-9' };

  it('attaches and makes it the default', async () => {
    const monolith = aMonolith();
    expect(await monolith.paymentMethods.attach(both)).toMatchObject({
      outcome: 'attached',
      setAsDefault: { outcome: 'set', attemptId: 'checkout-9' },
    });
  });

  it('never hides that it is attached: a doubt, a rejection or a fault of the second step stands beside', async () => {
    const monolith = aMonolith();
    const { gateway } = monolith;
    const failing = monolith.process({
      gateway: gatewayWith(gateway, {
        setDefault: () => Promise.reject(new PaymentMethodsError('GATEWAY_FORBIDDEN', 'no write permission')),
      }),
    });
    expect(await failing.attach(both)).toMatchObject({
      outcome: 'attached',
      setAsDefault: { outcome: 'failed', error: { code: 'GATEWAY_FORBIDDEN' } },
    });
    expect(await monolith.paymentMethods.attach(both), 'the same attempt again finishes it').toMatchObject({
      outcome: 'attached',
      setAsDefault: { outcome: 'set' },
    });
    expect(monolith.posts()).toHaveLength(1);
  });

  it('asks for no default where the attach did not succeed', async () => {
    const monolith = aMonolith();
    monolith.gateway.declines('pm_1');
    expect(await monolith.paymentMethods.attach(both)).not.toHaveProperty('setAsDefault');
  });

  it('is refused for an account, which has no invoice settings', async () => {
    const { paymentMethods } = aMonolith();
    const { customer: _, ...rest } = both;
    await expect(paymentMethods.attach({ ...rest, customerAccount: 'acct_1' })).rejects.toMatchObject({
      code: 'INVALID_COMMAND',
      details: { fields: ['setAsDefault'] },
    });
  });
});

it('the fake of another account does not know the customer', async () => {
  const monolith = aMonolith();
  const strict = monolith.process({ gateway: new FakePaymentGateway({ account: monolith.account, strict: true }) });
  expect(await strict.setDefault({ customer: 'cus_Nobody', paymentMethodId: 'pm_1', actor: 'user-7' })).toMatchObject({
    outcome: 'rejected',
    reason: 'customerNotFound',
  });
});
