import { describe, expect, it } from 'vitest';
import { systemTimers } from '../../../src/adapters/system/system.ts';
import type { PaymentMethods } from '../../../src/application/paymentMethods.ts';
import { anEncryptedTrail } from '../privacy/support.ts';
import { aMonolith, decoded } from '../support.ts';

type Call = 'attach' | 'detach' | 'setDefault' | 'beginSetup' | 'reconcile' | 'history' | 'sweep' | 'forgetCustomer';
type Given = Readonly<Record<string, unknown>>;

const actor = 'user-7';
const right: Readonly<Record<Call, Given>> = {
  attach: { paymentMethodId: 'pm_1', customer: 'cus_Ana', actor },
  detach: { paymentMethodId: 'pm_1', actor },
  setDefault: { customer: 'cus_Ana', paymentMethodId: 'pm_1', actor },
  beginSetup: { customer: 'cus_Ana', actor },
  reconcile: { paymentMethodId: 'pm_1', actor },
  history: { paymentMethodId: 'pm_1' },
  sweep: {},
  forgetCustomer: { customer: 'cus_Ana', actor },
};

/** As a host without types would call it. */
function callOf(call: Call, given: unknown): (paymentMethods: PaymentMethods) => Promise<unknown> {
  if (call !== 'history') return (paymentMethods) => paymentMethods[call](given as never);
  const { paymentMethodId, ...options } = given as { paymentMethodId: string };
  return (paymentMethods) => paymentMethods.history(paymentMethodId, options);
}

const wrong: Readonly<Record<Call, readonly (readonly [field: string, part: Given])[]>> = {
  attach: [
    ['paymentMethodId', { paymentMethodId: 'cus_1' }],
    ['paymentMethodId', { paymentMethodId: ['pm_1'] }],
    ['customer', { customer: 'acct_1' }],
    ['customer', { customer: ['cus_1'] }],
    ['customerAccount', { customer: undefined, customerAccount: 'cus_1' }],
    ['customerAccount', { customer: undefined, customerAccount: ['acct_1'] }],
    ['customer', { customerAccount: 'acct_1' }],
    ['customer', { customer: undefined }],
    ['attemptId', { attemptId: '' }],
    ['attemptId', { attemptId: ['a'] }],
    ['actor', { actor: 7 }],
    ['actor', { actor: ['user-7'] }],
    ['actor', { actor: '\ta' }],
    ['actor', { actor: 'a\u0000' }],
    ['correlationId', { correlationId: '' }],
    ['causationId', { causationId: 'x'.repeat(201) }],
    ['setAsDefault', { customer: undefined, customerAccount: 'acct_1', setAsDefault: true }],
    ['force', { force: true }],
  ],
  detach: [
    ['paymentMethodId', { paymentMethodId: 'pm_card_visa' }],
    ['paymentMethodId', { paymentMethodId: 7 }],
    ['attemptId', { attemptId: 'a/b' }],
    ['actor', { actor: undefined }],
    ['customer', { customer: 'cus_1' }],
  ],
  setDefault: [
    ['customer', { customer: 'acct_1' }],
    ['customer', { customer: ['cus_1'] }],
    ['customer', { customer: undefined }],
    ['paymentMethodId', { paymentMethodId: 'pm_card_visa' }],
    ['attemptId', { attemptId: 'a/b' }],
    ['actor', { actor: '' }],
    ['usage', { usage: 'off_session' }],
  ],
  beginSetup: [
    ['customer', { customerAccount: 'acct_1' }],
    ['customer', { customer: undefined }],
    ['usage', { usage: 'sometimes' }],
    ['paymentMethodTypes', { paymentMethodTypes: [] }],
    ['paymentMethodTypes.0', { paymentMethodTypes: ['../card'] }],
    ['paymentMethodTypes.1', { paymentMethodTypes: ['card', 'card/'] }],
    ['paymentMethodTypes.0', { paymentMethodTypes: [''] }],
    ['paymentMethodTypes.0', { paymentMethodTypes: [['card']] }],
    ['paymentMethodTypes.0', { paymentMethodTypes: ['x'.repeat(51)] }],
    ['attemptId', { attemptId: 'a/b' }],
    ['actor', { actor: '' }],
    ['payment_method_types', { payment_method_types: ['card'] }],
  ],
  reconcile: [
    ['attemptId', { paymentMethodId: 'pm_card_visa' }],
    ['attemptId', { attemptId: 'a/b' }],
    ['paymentMethodId', { paymentMethodId: 'cus_1' }],
    ['actor', { actor: '' }],
    ['customer', { customer: 'cus_1' }],
  ],
  history: [
    ['attemptId', { paymentMethodId: 'pm_card_visa' }],
    ['attemptId', { attemptId: 'a/b' }],
    ['asOf', { asOf: { version: 1, position: 1 } }],
    ['asOf', { asOf: 7 }],
    ['asOf', { asOf: new Date('x') }],
    ['asof', { asof: new Date(0) }],
  ],
  sweep: [
    ['customer', { customer: 'cus_1', customerAccount: 'acct_1' }],
    ['customer', { customer: 'pm_1' }],
    ['customerAccount', { customerAccount: 'cus_1' }],
    ['actor', { actor: '' }],
    ['everything', { everything: true }],
  ],
  forgetCustomer: [
    ['customer', { customerAccount: 'acct_1' }],
    ['customer', { customer: undefined }],
    ['customer', { customer: 'acct_1' }],
    ['actor', { actor: undefined }],
    ['paymentMethodId', { paymentMethodId: 'pm_1' }],
  ],
};
const cases = Object.entries(wrong).flatMap(([call, parts]) =>
  parts.map(([field, part]) => ({ call: call as Call, field, part })),
);

describe('a call with a field that is wrong', () => {
  it.each(cases)('$call names $field and says what it must be, for $part', async ({ call, field, part }) => {
    const monolith = aMonolith();
    const answer = callOf(call, { ...right[call], ...part })(monolith.paymentMethods);
    const error: unknown = await answer.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INVALID_COMMAND', details: { call, fields: [field] } });
    const { message } = error as Error;
    expect(message.startsWith(`${call}: ${field}: `), message).toBe(true);
    expect(message.slice(`${call}: ${field}: `.length)).toMatch(/^(must|give|is) \w/);
    expect(await monolith.trail()).toEqual([]);
    expect(monolith.gateway.requests).toEqual([]);
  });

  it.each(Object.keys(right))('%s says of no object at all that it must be one', async (call) => {
    if (call === 'history') return;
    const answer = callOf(call as Call, 'pm_1')(aMonolith().paymentMethods);
    await expect(answer).rejects.toMatchObject({ message: `${call}: input: must be an object` });
  });

  it('names every field that is wrong, one behind the other', async () => {
    const answer = callOf('attach', { ...right.attach, paymentMethodId: 'x', actor: '' })(aMonolith().paymentMethods);
    await expect(answer).rejects.toMatchObject({
      details: { fields: ['paymentMethodId', 'actor'] },
      message: expect.stringMatching(/^attach: paymentMethodId: .+; actor: .+/),
    });
  });

  it.each(['sk_live_1', 'rk_live_1', 'whsec_1', 'name1', ' name', 'x'.repeat(51), ''])(
    'P9: never repeats %j as the name of a field',
    async (key) => {
      const answer = callOf('detach', { ...right.detach, [key]: 1 })(aMonolith().paymentMethods);
      await expect(answer).rejects.toMatchObject({ details: { call: 'detach', fields: ['a name no field has'] } });
    },
  );

  it.each(['mask_rk_', 'x'.repeat(50), 'camelCase'])('names %j, which might be a misspelt field', async (key) => {
    const answer = callOf('detach', { ...right.detach, [key]: 1 })(aMonolith().paymentMethods);
    await expect(answer).rejects.toMatchObject({ details: { call: 'detach', fields: [key] } });
  });

  it('says of an id that the host makes, as of one that it gives, what it must be', async () => {
    const { process, gateway } = aMonolith();
    const paymentMethods = process({ ids: { next: () => 'a/b' } });
    for (const call of ['attach', 'detach', 'setDefault', 'beginSetup'] as const) {
      await expect(callOf(call, right[call])(paymentMethods)).rejects.toMatchObject({
        code: 'INVALID_COMMAND',
        details: { call },
      });
    }
    expect(gateway.requests).toEqual([]);
  });
});

describe('a call at the limits of what may be given', () => {
  const long = 'é'.repeat(200);
  it.each<[Call, Given]>([
    ['attach', { actor: long, correlationId: long, causationId: long }],
    ['attach', { actor: 'x', attemptId: 'a' }],
    ['attach', { customer: undefined, customerAccount: 'acct_1' }],
    ['attach', { customer: undefined, customerAccount: 'acct_1', setAsDefault: false }],
    ['attach', { paymentMethodId: 'pm_card_visa' }],
    ['reconcile', { paymentMethodId: 'pm_card_visa', attemptId: 'a' }],
    ['beginSetup', { usage: 'on_session', paymentMethodTypes: ['c'] }],
    ['beginSetup', { usage: 'off_session', paymentMethodTypes: ['x'.repeat(50), 'us_bank_account_1'] }],
    ['beginSetup', { customer: undefined, customerAccount: 'acct_1', paymentMethodTypes: undefined }],
    ['history', { asOf: { version: 0 } }],
    ['history', { asOf: { position: 0 } }],
    ['history', { asOf: new Date(0) }],
    ['history', { paymentMethodId: 'pm_card_visa', attemptId: 'a' }],
    ['sweep', { customer: 'cus_1', actor: long }],
    ['sweep', { customerAccount: 'acct_1' }],
  ])('%s takes %o', async (call, part) => {
    const paymentMethods = aMonolith().process({ timers: systemTimers });
    await expect(callOf(call, { ...right[call], ...part })(paymentMethods)).resolves.toBeDefined();
  });

  it.each([
    [{}, 'forget-cus_Ana'],
    [{ correlationId: 'request-9' }, 'request-9'],
  ])('forgetCustomer with %o is recorded in the course of %s', async (part, correlationId) => {
    const { process, store } = aMonolith();
    const { keys, store: eventStore } = anEncryptedTrail({ stored: store });
    await process({ keys, eventStore }).forgetCustomer({ customer: 'cus_Ana', actor, ...part });
    expect((await decoded(store))[0]?.metadata).toMatchObject({ actor, correlationId });
  });
});
