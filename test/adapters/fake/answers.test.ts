import { describe, expect, it } from 'vitest';
import { attachAnswer } from '../../../src/adapters/fake/answers.ts';
import { lookUpIn } from '../../../src/adapters/fake/looks.ts';
import { StripeAccount } from '../../../src/adapters/simulator/index.ts';
import type { CustomerId, PaymentMethodId } from '../../../src/domain/identifiers.ts';

const pm = 'pm_1Asked' as PaymentMethodId;
const customer = { kind: 'customer', id: 'cus_Asked' as CustomerId } as const;
const asked = { paymentMethodId: pm, customer };

/** A real 200 that shows this payment method at this customer. */
function attachedAt(id: string, customerId: string) {
  const account = new StripeAccount();
  account.addCustomer(customerId);
  account.addPaymentMethod({ id, owner: { kind: 'customer', id: customerId } });
  const headers = { authorization: 'Bearer sk_test_1' };
  return account.handle({ method: 'GET', path: `/v1/payment_methods/${id}`, headers });
}

function refusal(status: number, error: Readonly<Record<string, string>>) {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
}

function saved(response: ReturnType<typeof refusal>) {
  return { ...response, headers: { ...response.headers, 'stripe-should-retry': 'false' } };
}

function page(status: number) {
  return { status, headers: { 'content-type': 'text/html' }, body: '<html></html>' };
}

describe('a 200', () => {
  it('is attached only when it echoes our payment method and our customer', () => {
    expect(attachAnswer(asked, attachedAt(pm, customer.id))).toMatchObject({ answer: 'attached' });
    const unexpected = { answer: 'unknown', cause: 'unexpectedEcho' };
    expect(attachAnswer(asked, attachedAt('pm_1Other', customer.id))).toEqual(unexpected);
    expect(attachAnswer(asked, attachedAt(pm, 'cus_Other'))).toEqual(unexpected);
    expect(lookUpIn(pm, undefined, attachedAt('pm_1Other', customer.id))).toEqual({
      look: 'unknown',
      cause: 'unexpectedEcho',
    });
  });

  it('may show any payment method when a test alias was asked for', () => {
    const alias = { paymentMethodId: 'pm_card_visa' as PaymentMethodId, customer };
    expect(attachAnswer(alias, attachedAt('pm_1Clone', customer.id))).toMatchObject({ answer: 'attached' });
    expect(attachAnswer(alias, attachedAt('pm_1Clone', 'cus_Other'))).toMatchObject({ cause: 'unexpectedEcho' });
  });
});

describe('an answer that settles nothing', () => {
  const apiError = { type: 'api_error' };
  it.each([
    ['a JSON 500', refusal(500, apiError), 'serverError'],
    ['a JSON 502', refusal(502, apiError), 'connectionLost'],
    ['a JSON 503', refusal(503, apiError), 'connectionLost'],
    ['a JSON 504', refusal(504, apiError), 'connectionLost'],
    ['an HTML 500', page(500), 'connectionLost'],
    ['an HTML 400', page(400), 'unexpectedAnswer'],
    ['a redirect', page(302), 'unexpectedAnswer'],
    ['a 424', refusal(424, apiError), 'serverError'],
    ['a JSON 503 that was saved', saved(refusal(503, apiError)), 'serverError'],
    ['a JSON 505 that was saved', saved(refusal(505, apiError)), 'serverError'],
    ['a JSON 505', refusal(505, apiError), 'unexpectedAnswer'],
    ['an HTML 424', page(424), 'unexpectedAnswer'],
    ['a 409', refusal(409, { type: 'idempotency_error' }), 'stillProcessing'],
    ['a 429', refusal(429, { type: 'rate_limit_error' }), 'rateLimited'],
    ['a 404 without a code', refusal(404, { type: 'invalid_request_error' }), 'unexpectedAnswer'],
  ])('is %s', (_, response, cause) => {
    expect(attachAnswer(asked, response)).toEqual({ answer: 'unknown', cause });
    expect(lookUpIn(pm, undefined, response)).toEqual({ look: 'unknown', cause });
  });
});

describe('a rejection', () => {
  const missing = { type: 'invalid_request_error', code: 'resource_missing' };
  it.each([
    ['a card error of any status', refusal(400, { type: 'card_error', code: 'expired_card' }), 'cardDeclined'],
    [
      'a payment method missing in the body',
      refusal(400, { ...missing, param: 'payment_method' }),
      'paymentMethodNotFound',
    ],
    ['something else missing', refusal(400, { ...missing, param: 'expand' }), 'invalidRequest'],
  ])('is %s', (_, response, reason) => {
    expect(attachAnswer(asked, response)).toMatchObject({ answer: 'rejected', reason });
  });

  it('keeps no code that does not look like one', () => {
    const odd = refusal(402, { type: 'card_error', code: 'Hello there', decline_code: 'x'.repeat(101) });
    expect(attachAnswer(asked, odd)).toMatchObject({ stripeCode: null, declineCode: null });
  });
});
