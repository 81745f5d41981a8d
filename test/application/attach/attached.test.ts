import { describe, expect, it } from 'vitest';
import type { PaymentMethodId } from '../../../src/domain/identifiers.ts';
import { isPaymentMethodId } from '../../../src/domain/identifiers.ts';
import { aMonolith, ana, ben, decoded, gatewayWith } from '../support.ts';

describe('attach: attached', () => {
  it('answers the customer, the card and the attempt', async () => {
    const { paymentMethods } = aMonolith();
    expect(await paymentMethods.attach({ ...ana, attemptId: 'checkout-9' })).toMatchObject({
      outcome: 'attached',
      paymentMethodId: 'pm_1',
      customer: { kind: 'customer', id: 'cus_Ana' },
      attemptId: 'checkout-9',
      type: 'card',
      card: { brand: 'visa', last4: '4242', checks: { cvc: 'pass' } },
    });
  });

  it('P1: costs two appends and one POST, the intent before the effect', async () => {
    const monolith = aMonolith();
    const before: string[][] = [];
    const { gateway } = monolith;
    const watching = monolith.process({
      gateway: gatewayWith(gateway, {
        attach: async (request) => {
          before.push(await monolith.trail());
          return gateway.attach(request);
        },
      }),
    });
    await watching.attach(ana);
    expect(before).toEqual([['AttachmentRequested']]);
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached']);
    expect(gateway.requests.map(({ method }) => method)).toEqual(['attach']);
  });

  it('sends the key that was recorded', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    const [requested] = await decoded(monolith.store);
    const [post] = monolith.posts();
    expect(requested?.event.data).toMatchObject({
      idempotencyKey: post && 'idempotencyKey' in post && post.idempotencyKey,
    });
  });

  it('records who, in the course of what, and what led to what', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach({ ...ana, correlationId: 'checkout-9', causationId: 'click-1' });
    const [requested, attached] = await decoded(monolith.store);
    expect(requested?.metadata).toEqual({
      schemaVersion: 2,
      actor: 'user-7',
      correlationId: 'checkout-9',
      causationId: 'click-1',
    });
    expect(attached?.metadata).toEqual({
      schemaVersion: 1,
      actor: 'user-7',
      correlationId: 'checkout-9',
      causationId: requested?.eventId,
    });
  });

  it('records the evidence: the response, and Stripe’s request id', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    const [, attached] = await decoded(monolith.store);
    expect(attached?.event.data).toMatchObject({
      evidence: { source: 'response', requestId: expect.stringMatching(/^req_/), tries: [{ status: 200 }] },
    });
  });

  it('works for a customer account', async () => {
    const { paymentMethods } = aMonolith();
    const input = { paymentMethodId: 'pm_1', customerAccount: 'acct_Ana', actor: 'user-7' };
    expect(await paymentMethods.attach(input)).toMatchObject({
      outcome: 'attached',
      customer: { kind: 'customerAccount', id: 'acct_Ana' },
    });
  });

  it('P3: the same attempt again is one query: the same answer, no event, no POST', async () => {
    const monolith = aMonolith();
    const attempt = { ...ana, attemptId: 'checkout-9' };
    const first = await monolith.paymentMethods.attach(attempt);
    for (const again of [monolith.paymentMethods, monolith.process()])
      expect(await again.attach(attempt)).toEqual(first);
    expect(await monolith.trail()).toHaveLength(2);
    expect(monolith.gateway.requests).toHaveLength(1);
  });

  it('P2: a new attempt for the same customer is attached already', async () => {
    const monolith = aMonolith();
    const first = await monolith.paymentMethods.attach(ana);
    expect(await monolith.paymentMethods.attach({ ...ana, attemptId: 'another' })).toEqual(first);
    expect(await monolith.trail()).toHaveLength(2);
  });

  it('is refused for another customer’s with nothing sent, and the try is recorded', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    const attempt = { ...ben, attemptId: 'checkout-9' };
    const refused = await monolith.paymentMethods.attach(attempt);
    expect(refused).toMatchObject({ outcome: 'rejected', reason: 'attachedToAnotherCustomer', stripeCode: null });
    expect(await monolith.paymentMethods.attach(attempt)).toEqual(refused);
    expect(monolith.posts()).toHaveLength(1);
    const [, , tried, ...more] = await decoded(monolith.store);
    expect(tried).toMatchObject({
      event: { type: 'AttachmentRefused', data: { customer: { id: 'cus_Ben' }, reason: 'attachedToAnotherCustomer' } },
      metadata: { actor: 'user-8' },
    });
    expect(more).toEqual([]);
  });
});

describe('attach: a test alias', () => {
  it('is cloned: the answer and the history go by the id that Stripe made', async () => {
    const monolith = aMonolith();
    const result = await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_card_visa', attemptId: 'a-1' });
    expect(result).toMatchObject({
      outcome: 'attached',
      attemptId: 'a-1',
      paymentMethodId: expect.stringMatching(/^pm_1/),
    });
    const clone = result.paymentMethodId;
    const { events, state, version } = await monolith.paymentMethods.history(clone);
    expect(events.map(({ event }) => event.type)).toEqual([
      'AttachmentRequested',
      'PaymentMethodCloned',
      'PaymentMethodAttached',
    ]);
    expect({ status: state.status, version }).toEqual({ status: 'attached', version: 1 });
  });

  it('shows the attempt that made the clone also as of a version of the clone', async () => {
    const monolith = aMonolith();
    const visa = { ...ana, paymentMethodId: 'pm_card_visa', attemptId: 'a-1' };
    const { paymentMethodId } = await monolith.paymentMethods.attach(visa);
    const { events } = await monolith.paymentMethods.history(paymentMethodId, { asOf: { version: 1 } });
    expect(events.map(({ position }) => position)).toEqual([1, 2, 3]);
  });

  it('that is answered with a payment method known already is recorded as its clone, once', async () => {
    const monolith = aMonolith();
    const { gateway } = monolith;
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_9' });
    const known = monolith.process({
      gateway: gatewayWith(gateway, {
        attach: async (request) => ({ ...(await gateway.attach({ ...request, paymentMethodId: other('pm_9') })) }),
      }),
    });
    const result = await known.attach({ ...ana, paymentMethodId: 'pm_card_visa', attemptId: 'a-1' });
    expect(result).toMatchObject({ outcome: 'attached', paymentMethodId: 'pm_9' });
    expect(await monolith.trail()).toEqual([
      'AttachmentRequested',
      'PaymentMethodAttached',
      'AttachmentRequested',
      'PaymentMethodCloned',
    ]);
  });

  it('is its own story with each attempt, and P3 holds for each', async () => {
    const monolith = aMonolith();
    const visa = { ...ana, paymentMethodId: 'pm_card_visa' };
    const first = await monolith.paymentMethods.attach({ ...visa, attemptId: 'a-1' });
    const second = await monolith.paymentMethods.attach({ ...visa, attemptId: 'a-2' });
    expect(second.paymentMethodId).not.toBe(first.paymentMethodId);
    expect(await monolith.paymentMethods.attach({ ...visa, attemptId: 'a-1' })).toEqual(first);
    expect(monolith.posts()).toHaveLength(2);
    expect(await monolith.paymentMethods.attach({ ...visa, customer: 'cus_Ben', attemptId: 'a-1' })).toMatchObject({
      outcome: 'rejected',
      reason: 'attemptIdReused',
    });
  });
});

function other(id: string): PaymentMethodId {
  if (!isPaymentMethodId(id)) throw new TypeError(id);
  return id;
}
