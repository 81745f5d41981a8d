import { describe, expect, it } from 'vitest';
import { aMonolith, ana } from '../support.ts';

const { paymentMethodId, customer, actor } = ana;

const wrong: readonly [string, object, string][] = [
  ['an empty payment method id', { ...ana, paymentMethodId: '' }, 'paymentMethodId'],
  ['a path', { ...ana, paymentMethodId: '../customers/cus_1' }, 'paymentMethodId'],
  ['300 characters', { ...ana, paymentMethodId: `pm_${'a'.repeat(297)}` }, 'paymentMethodId'],
  ['a NUL', { ...ana, paymentMethodId: 'pm_1\u0000' }, 'paymentMethodId'],
  ['a customer id where a payment method id belongs', { ...ana, paymentMethodId: 'cus_Ana' }, 'paymentMethodId'],
  ['a number', { ...ana, paymentMethodId: 7 }, 'paymentMethodId'],
  ['no payment method id', { customer, actor }, 'paymentMethodId'],
  ['both customer and customerAccount', { ...ana, customerAccount: 'acct_1' }, 'customer'],
  ['neither customer nor customerAccount', { paymentMethodId, actor }, 'customer'],
  ['an account id as customer', { ...ana, customer: 'acct_1' }, 'customer'],
  ['a customer id as customerAccount', { paymentMethodId, actor, customerAccount: 'cus_1' }, 'customerAccount'],
  ['an unknown field', { ...ana, force: true }, 'force'],
  ['no actor', { paymentMethodId, customer }, 'actor'],
  ['an empty actor', { ...ana, actor: '' }, 'actor'],
  ['an actor with a line break', { ...ana, actor: 'a\nb' }, 'actor'],
  ['half a surrogate pair in the actor', { ...ana, actor: 'a\ud834' }, 'actor'],
  ['a misspelt field', { ...ana, attempt_id: 'a-1' }, 'attempt_id'],
  ['an attempt id with a slash', { ...ana, attemptId: 'a/b' }, 'attemptId'],
  ['a correlation id that is too long', { ...ana, correlationId: 'x'.repeat(201) }, 'correlationId'],
];

describe('attach: bad input', () => {
  it.each(wrong)('%s is INVALID_COMMAND, naming the field, before any I/O', async (_, input, field) => {
    const monolith = aMonolith();
    // Untyped callers are the ones who get it wrong.
    await expect(monolith.paymentMethods.attach(input as typeof ana)).rejects.toMatchObject({
      name: 'PaymentMethodsError',
      code: 'INVALID_COMMAND',
      message: expect.stringContaining(`${field}: `),
      details: { call: 'attach', fields: [field] },
    });
    expect(await monolith.trail()).toEqual([]);
    expect(monolith.gateway.requests).toEqual([]);
  });

  it.each([[undefined], [null], ['pm_1'], [[]]])('%j in place of the input is INVALID_COMMAND', async (input) => {
    await expect(aMonolith().paymentMethods.attach(input as unknown as typeof ana)).rejects.toMatchObject({
      code: 'INVALID_COMMAND',
      message: expect.stringContaining('attach: input: '),
    });
  });

  it('P9: repeats no field name that is not a name', async () => {
    const misnamed = { ...ana, 'sk_live_4242\n': 1 };
    await expect(aMonolith().paymentMethods.attach(misnamed)).rejects.toMatchObject({
      message: 'attach: a name no field has: is not a field of attach',
    });
  });

  it('P9: never repeats a value, which may be a secret put in the wrong place', async () => {
    const secret = 'sk_live_canary';
    const attempt = aMonolith().paymentMethods.attach({
      ...ana,
      paymentMethodId: secret,
      customer: secret,
      actor: `${secret}\n`,
    });
    await expect(attempt).rejects.toMatchObject({ message: expect.not.stringContaining('canary') });
  });
});

describe('attach: no database', () => {
  it('sends nothing to Stripe', async () => {
    const monolith = aMonolith();
    await monolith.store.close();
    await expect(monolith.paymentMethods.attach(ana)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    expect(monolith.gateway.requests).toEqual([]);
  });
});
