import { describe, expect, it } from 'vitest';
import type { AttachRequest } from '../../../../src/application/ports/paymentMethodGateway.ts';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import { attachRequest, customerAccount, pm, stripeError, stripePaymentMethod } from '../samples.ts';
import type { Script } from '../scriptedServer.ts';
import { json, text } from '../scriptedServer.ts';

const stripe = useScriptedStripe();

const invalid = (error: Record<string, unknown>) => stripeError({ type: 'invalid_request_error', ...error });
const alias = attachRequest({ paymentMethodId: pm('pm_card_visa') });
const ofAccount = attachRequest({ customer: customerAccount });
const declined = stripeError({ type: 'card_error', code: 'card_declined', decline_code: 'generic_decline', param: '' });

const card = stripePaymentMethod()['card'] as Record<string, unknown>;
const notUtf8 = Buffer.from(JSON.stringify(stripePaymentMethod({ metadata: { name: 'J\u00f6' } })), 'latin1');

const attached = (id = 'pm_1') => ({ answer: 'attached', paymentMethod: { paymentMethodId: id } });
const unknown = (cause: string) => ({ answer: 'unknown', cause });
const rejected = (reason: string, stripeCode: string | null = null, declineCode: string | null = null) => ({
  answer: 'rejected',
  reason,
  stripeCode,
  declineCode,
});

type Row = readonly [title: string, script: Script, answer: object, request?: AttachRequest];

const saved = { 'stripe-should-retry': 'false' };
const rows: readonly Row[] = [
  ['200 that echoes our payment method and customer', json(200, stripePaymentMethod()), attached()],
  ['200 with the customer expanded', json(200, stripePaymentMethod({ customer: { id: 'cus_1' } })), attached()],
  [
    '200 for a customer account',
    json(200, stripePaymentMethod({ customer: null, customer_account: 'acct_1' })),
    attached(),
    ofAccount,
  ],
  [
    '200 for a customer account that names a customer too',
    json(200, stripePaymentMethod({ customer_account: 'acct_1' })),
    attached(),
    ofAccount,
  ],
  ['200 for a test alias, with a new id', json(200, stripePaymentMethod({ id: 'pm_new' })), attached('pm_new'), alias],
  [
    '200 with a new type and no card',
    json(200, stripePaymentMethod({ type: 'hologram', card: undefined })),
    attached(),
  ],
  ['200 with another payment method', json(200, stripePaymentMethod({ id: 'pm_2' })), unknown('unexpectedEcho')],
  [
    '200 for a test alias, with an id that is no payment method',
    json(200, stripePaymentMethod({ id: 'cus_1' })),
    unknown('unexpectedEcho'),
    alias,
  ],
  ['200 with another customer', json(200, stripePaymentMethod({ customer: 'cus_2' })), unknown('unexpectedEcho')],
  ['200 with no customer', json(200, stripePaymentMethod({ customer: null })), unknown('unexpectedEcho')],
  [
    '200 with another customer account',
    json(200, stripePaymentMethod({ customer_account: 'acct_2' })),
    unknown('unexpectedEcho'),
    ofAccount,
  ],
  ['200 without required parts', json(200, stripePaymentMethod({ created: undefined })), unknown('unexpectedAnswer')],
  [
    '200 with a card that lacks required parts',
    json(200, stripePaymentMethod({ card: {} })),
    unknown('unexpectedAnswer'),
  ],
  [
    '200 with last4 that holds a whole number',
    json(200, stripePaymentMethod({ card: { ...card, last4: '4242424242424242' } })),
    unknown('unexpectedAnswer'),
  ],
  ['200 that is not JSON', text(200, '<html>'), unknown('unexpectedAnswer')],
  ['200 with invalid UTF-8', text(200, notUtf8), unknown('unexpectedAnswer')],
  ['200 with an array', json(200, [stripePaymentMethod()]), unknown('unexpectedAnswer')],
  ['200 with a number', json(200, 1), unknown('unexpectedAnswer')],
  [
    '200 with a prototype',
    text(200, '{"__proto__":{"id":"pm_1","object":"payment_method"}}'),
    unknown('unexpectedAnswer'),
  ],
  ['204', text(204, ''), unknown('unexpectedAnswer')],
  ['302', text(302, '', { location: 'https://example.com/' }), unknown('unexpectedAnswer')],
  ['402', json(402, declined), rejected('cardDeclined', 'card_declined', 'generic_decline')],
  ['402 of another type', json(402, invalid({ code: 'expired_card' })), rejected('cardDeclined', 'expired_card')],
  ['card_error under 400', json(400, declined), rejected('cardDeclined', 'card_declined', 'generic_decline')],
  [
    '402 with a code that is free text',
    json(402, stripeError({ type: 'card_error', code: 'Jo 4242 4242' })),
    rejected('cardDeclined'),
  ],
  [
    '402 with a code that holds a key',
    json(402, stripeError({ type: 'card_error', code: 'sk_test_4ec39hqlyjwdarjtt1zdp7dc' })),
    rejected('cardDeclined'),
  ],
  ['402 that is not Stripe speaking', text(402, 'Pay up'), unknown('unexpectedAnswer')],
  [
    '404 resource_missing',
    json(404, invalid({ code: 'resource_missing', param: 'payment_method' })),
    rejected('paymentMethodNotFound', 'resource_missing'),
  ],
  [
    '404 resource_missing without a param',
    json(404, invalid({ code: 'resource_missing' })),
    rejected('paymentMethodNotFound', 'resource_missing'),
  ],
  [
    '400 resource_missing of the payment method',
    json(400, invalid({ code: 'resource_missing', param: 'payment_method' })),
    rejected('paymentMethodNotFound', 'resource_missing'),
  ],
  [
    '400 resource_missing of the customer',
    json(400, invalid({ code: 'resource_missing', param: 'customer' })),
    rejected('customerNotFound', 'resource_missing'),
  ],
  [
    '404 resource_missing of the customer account',
    json(404, invalid({ code: 'resource_missing', param: 'customer_account' })),
    rejected('customerNotFound', 'resource_missing'),
  ],
  ['404 with no error object', json(404, {}), unknown('unexpectedAnswer')],
  [
    'customer_max_payment_methods',
    json(400, invalid({ code: 'customer_max_payment_methods' })),
    rejected('customerLimitReached', 'customer_max_payment_methods'),
  ],
  [
    'idempotency_error, whatever its code',
    json(400, stripeError({ type: 'idempotency_error', code: 'resource_missing', param: 'customer' })),
    unknown('unexpectedAnswer'),
  ],
  ['idempotency_error', json(400, stripeError({ type: 'idempotency_error' })), unknown('unexpectedAnswer')],
  [
    '400 with another code',
    json(400, invalid({ code: 'parameter_unknown' })),
    rejected('invalidRequest', 'parameter_unknown'),
  ],
  ['400 without a code', json(400, invalid({})), unknown('refusedWithoutCode')],
  ['400 with a code that is free text', json(400, invalid({ code: 'No, Jo!' })), unknown('refusedWithoutCode')],
  ['400 of another type', json(400, stripeError({ type: 'api_error', code: 'odd' })), unknown('unexpectedAnswer')],
  ['409', json(409, invalid({ code: 'idempotency_key_in_use' })), unknown('stillProcessing')],
  ['418 with no error object', text(418, ''), unknown('unexpectedAnswer')],
  ['424', json(424, stripeError({ type: 'api_error' })), unknown('serverError')],
  ['429', json(429, invalid({ code: 'rate_limit' })), unknown('rateLimited')],
  ['500 with JSON', json(500, stripeError({ type: 'api_error' })), unknown('serverError')],
  ['500 without JSON', text(500, 'oops'), unknown('connectionLost')],
  ['502', json(502, stripeError({ type: 'api_error' })), unknown('connectionLost')],
  ['503', text(503, '<html>'), unknown('connectionLost')],
  ['503 that was saved', json(503, stripeError({ type: 'api_error' }), saved), unknown('serverError')],
  ['504', text(504, ''), unknown('connectionLost')],
  ['505 with JSON', json(505, {}), unknown('unexpectedAnswer')],
];

describe('the answer to an attach', () => {
  for (const [title, script, answer, request = attachRequest()] of rows) {
    it(title, async () => {
      stripe.answer(script);
      const gateway = stripe.makeGateway({ maxTries: 1 });
      await expect(gateway.attach(request)).resolves.toMatchObject({ ...answer, evidence: { source: 'response' } });
    });
  }

  it('is attached with all that the trail keeps, and no more', async () => {
    stripe.answer(json(200, stripePaymentMethod()));
    await expect(stripe.makeGateway().attach(attachRequest())).resolves.toEqual({
      answer: 'attached',
      paymentMethod: {
        paymentMethodId: 'pm_1',
        customer: { kind: 'customer', id: 'cus_1' },
        type: 'card',
        card: {
          brand: 'visa',
          last4: '4242',
          expMonth: 11,
          expYear: 2026,
          funding: 'credit',
          country: 'US',
          fingerprint: 'fp0000000000test',
          wallet: null,
          checks: { cvc: 'pass', addressLine1: null, addressPostalCode: null },
        },
        livemode: false,
        created: 1762799343,
      },
      evidence: { source: 'response', requestId: 'req_1', tries: [{ status: 200, requestId: 'req_1', failure: null }] },
    });
  });

  it.each(['not an id', 'req_sk_test_4eC39HqLyjWDarjtT1zdp7dc', ''])(
    'has no request id where Stripe sent none that can be kept: %j',
    async (requestId) => {
      stripe.answer(json(200, stripePaymentMethod(), { 'request-id': requestId }));
      await expect(stripe.makeGateway().attach(attachRequest())).resolves.toMatchObject({
        evidence: { requestId: null },
      });
    },
  );
});
