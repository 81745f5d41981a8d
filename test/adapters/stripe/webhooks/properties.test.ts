import fc from 'fast-check';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import type { WebhookDelivery } from '../../../../src/adapters/stripe/index.ts';
import { verifyWebhook } from '../../../../src/adapters/stripe/index.ts';
import { isPaymentMethodsError } from '../../../../src/application/errors.ts';
import { aDelivery, bodyOf, secret, signatureOf, signedAt, stripeEvent } from './deliveries.ts';

const { webhooks } = new Stripe('sk_test_webhooks');

/** The event's id, or the code it was refused with; anything else that is thrown goes through. */
function ours(delivery: WebhookDelivery): string {
  try {
    return verifyWebhook(delivery).eventId;
  } catch (error) {
    if (isPaymentMethodsError(error, 'WEBHOOK_INVALID')) return error.code;
    throw error;
  }
}

/** Whether the official SDK takes it, at the same instant. */
function sdkAccepts(rawBody: string, signature: string, secondsAfter: number): boolean {
  try {
    webhooks.constructEvent(rawBody, signature, secret, 300, undefined, (signedAt + secondsAfter) * 1000);
    return true;
  } catch {
    return false;
  }
}

const events = fc.record({ note: fc.string({ unit: 'grapheme' }) }).map((more) => JSON.stringify(stripeEvent(more)));
const aroundTheTolerance = fc.oneof(fc.integer({ min: -400, max: 400 }), fc.constantFrom(-61, -60, 300, 301));

describe('against the official SDK', () => {
  it('a header it makes is accepted here, and one made here is accepted there, whatever the body', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: -60, max: 300 }), (rawBody, age) => {
        const now = new Date((signedAt + age) * 1000);
        const signature = webhooks.generateTestHeaderString({ payload: rawBody, secret, timestamp: signedAt });
        expect(ours({ rawBody, signature, secrets: ['whsec_other', secret], now })).toBe('evt_1');
        expect(sdkAccepts(rawBody, `t=${signedAt},v1=${signatureOf(rawBody)}`, age)).toBe(true);
      }),
    );
  });

  it('what is accepted here is accepted there; what only it accepts is signed more than 60 s ahead', () => {
    const rawBody = JSON.stringify(stripeEvent());
    const good = signatureOf(rawBody);
    // A bare `v1` is left out: the SDK crashes on it, also beside a good one.
    const part = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(`t=${signedAt}`, `v1=${good}`) },
      fc.constantFrom(`v0=${good}`, `v1=${'0'.repeat(64)}`, `v1=${good.slice(1)}`, '', '=', 'v2=1'),
    );
    const header = fc.oneof(fc.array(part, { maxLength: 4 }), fc.constant([`t=${signedAt}`, `v1=${good}`]));
    const reached = new Set<string>();
    fc.assert(
      fc.property(header, aroundTheTolerance, (parts, age) => {
        const signature = parts.join(',');
        const now = new Date((signedAt + age) * 1000);
        const here = ours({ rawBody, signature, secrets: [secret], now }) === 'evt_1';
        const there = sdkAccepts(rawBody, signature, age);
        reached.add(`${here} ${there}`);
        const hasOneInstant = parts.filter((one) => one.startsWith('t=')).length === 1;
        expect(here, `${signature} after ${age} s`).toBe(there && age >= -60 && hasOneInstant);
      }),
      { numRuns: 2_000 },
    );
    expect([...reached].sort()).toEqual(['false false', 'false true', 'true true']);
  });
});

describe('garbage', () => {
  const bytes = fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' }), fc.json());
  const header = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.tuple(fc.string(), fc.string()).map(([one, two]) => `t=${one},v1=${two}`),
    fc.constantFrom(undefined, null, []),
    fc.array(fc.string()),
  );

  it('unsigned is refused with WEBHOOK_INVALID and nothing else', () => {
    fc.assert(
      fc.property(bytes, header, (rawBody, signature) => {
        expect(ours({ rawBody, signature, secrets: [secret], now: new Date() })).toBe('WEBHOOK_INVALID');
      }),
      { numRuns: 2_000 },
    );
  });

  it('signed is an event of our form, or refused', () => {
    const odd = fc.record(
      {
        id: fc.oneof(fc.constant('evt_1'), fc.jsonValue()),
        request: fc.jsonValue(),
        created: fc.oneof(fc.integer(), fc.jsonValue()),
        data: fc.oneof(fc.record({ object: fc.object(), previous_attributes: fc.jsonValue() }), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.oneof(odd.map(stripeEvent), fc.jsonValue()), (event) => {
        const answer = ours(aDelivery(event));
        reached.add(answer === 'WEBHOOK_INVALID' ? 'refused' : 'accepted');
        if (answer === 'WEBHOOK_INVALID') return;
        const { request, object } = verifyWebhook(aDelivery(event));
        expect(typeof object).toBe('object');
        for (const part of [request?.requestId, request?.idempotencyKey])
          expect(['string', 'object', 'undefined']).toContain(typeof part);
      }),
      { numRuns: 2_000 },
    );
    expect([...reached].sort()).toEqual(['accepted', 'refused']);
  });

  it('one flipped bit anywhere in the body is refused', () => {
    const delivery = aDelivery();
    const original = bodyOf();
    for (let index = 0; index < original.length; index += 1) {
      const flipped = Buffer.from(original);
      flipped.writeUInt8(original.readUInt8(index) ^ 1, index);
      expect(ours({ ...delivery, rawBody: flipped }), `byte ${index}`).toBe('WEBHOOK_INVALID');
    }
  });
});
