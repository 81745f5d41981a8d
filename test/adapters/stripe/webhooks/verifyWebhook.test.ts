import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { WebhookDelivery } from '../../../../src/adapters/stripe/index.ts';
import { verifyWebhook } from '../../../../src/adapters/stripe/index.ts';
import { stripePaymentMethod } from '../samples.ts';
import { aDelivery, bodyOf, secret, signatureOf, signedAt, stripeEvent } from './deliveries.ts';

function problemOf(delivery: WebhookDelivery): unknown {
  try {
    verifyWebhook(delivery);
  } catch (error) {
    expect(error).toMatchObject({ code: 'WEBHOOK_INVALID' });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/CANARY|4242|evt_1/);
    return (error as { details: { problem: string } }).details.problem;
  }
  return null;
}

const body = bodyOf();
const t = `t=${signedAt}`;
const v1 = `v1=${signatureOf(body)}`;
const other = `v1=${'0'.repeat(64)}`;

describe('a delivery that Stripe signed', () => {
  it('is answered as the event it holds, in our names', () => {
    const previous = { customer: 'cus_1' };
    const event = stripeEvent({ account: 'acct_1', data: { object: { id: 'pm_1' }, previous_attributes: previous } });
    expect(verifyWebhook(aDelivery(event))).toEqual({
      eventId: 'evt_1',
      type: 'payment_method.attached',
      created: signedAt,
      apiVersion: '2025-10-29.clover',
      account: 'acct_1',
      livemode: false,
      request: { requestId: 'req_1', idempotencyKey: 'attach-1' },
      object: { id: 'pm_1' },
      previousAttributes: previous,
    });
  });

  it('needs no more than Stripe always sends, and passes what is new', () => {
    const bare = { id: 'evt_2', object: 'event', type: 'hologram.projected', created: 1, livemode: true };
    const event = verifyWebhook(aDelivery({ ...bare, data: { object: { a: 1 } }, new_field: [] }));
    expect(event).toMatchObject({ type: 'hologram.projected', apiVersion: null, account: null, request: null });
    expect(event.previousAttributes).toBeNull();
  });

  it.each([
    ['none', null, null],
    ['one without a key', { id: 'req_1', idempotency_key: null }, { requestId: 'req_1', idempotencyKey: null }],
    ['one without an id', { id: null, idempotency_key: null }, { requestId: null, idempotencyKey: null }],
    ['one by its id alone, as long ago', 'req_1', { requestId: 'req_1', idempotencyKey: null }],
  ])('names the request that did it: %s', (_title, request, read) => {
    expect(verifyWebhook(aDelivery(stripeEvent({ request }))).request).toEqual(read);
  });

  it.each([
    ['a Buffer', body],
    ['bytes that are part of a larger array', new Uint8Array([0, ...body, 0]).subarray(1, -1)],
    ['text', body.toString('utf8')],
  ])('may have its body as %s', (_title, rawBody) => {
    expect(problemOf(aDelivery(stripeEvent(), { rawBody }))).toBeNull();
  });

  it.each([
    ['the second of two secrets', { secrets: ['whsec_old', secret] }],
    ['the first of two secrets', { secrets: [secret, 'whsec_new'] }],
    ['the second of two signatures', { signature: `${t},${other},${v1}` }],
    ['the first of two signatures', { signature: `${t},${v1},${other}` }],
    ['a signature beside one of another scheme', { signature: `${t},${v1},v0=${'a'.repeat(64)}` }],
    ['a header that arrived as a list', { signature: [t, v1] }],
  ])('is recognised by %s', (_title, changes) => {
    expect(problemOf(aDelivery(stripeEvent(), changes))).toBeNull();
  });

  it.each([
    [300, null],
    [301, 'tooOld'],
    [-60, null],
    [-61, 'inTheFuture'],
  ])('and arrives %i s after it was signed: %s', (age, problem) => {
    expect(problemOf(aDelivery(stripeEvent(), {}, age))).toBe(problem);
  });

  it('is measured by the machine’s clock where no other is given', () => {
    expect(problemOf(aDelivery(stripeEvent(), { now: undefined }))).toBe('tooOld');
  });
});

describe('what Stripe did not sign', () => {
  it.each<[string, string, Partial<WebhookDelivery>]>([
    ['no header', 'signatureMissing', { signature: undefined }],
    ['an empty header', 'signatureMissing', { signature: '' }],
    ['an empty list of headers', 'signatureMissing', { signature: [] }],
    ['a header without an instant', 'signatureMalformed', { signature: v1 }],
    ['an instant that is no number', 'signatureMalformed', { signature: `t=soon,${v1}` }],
    ['an instant with more behind it', 'signatureMalformed', { signature: `${t}x,${v1}` }],
    ['two instants', 'signatureMalformed', { signature: `${t},t=1,${v1}` }],
    ['a header of many kilobytes', 'signatureMalformed', { signature: `${t},${v1},${'v1=0,'.repeat(2_000)}` }],
    ['free text', 'signatureMalformed', { signature: 'Bearer CANARY' }],
    ['no signature', 'signatureMismatch', { signature: t }],
    ['a signature of another scheme alone', 'signatureMismatch', { signature: `${t},v0=${signatureOf(body)}` }],
    ['a signature in capitals', 'signatureMismatch', { signature: `${t},v1=${signatureOf(body).toUpperCase()}` }],
    ['half a signature', 'signatureMismatch', { signature: `${t},${v1.slice(0, 40)}` }],
    ['an instant that was not signed', 'signatureMismatch', { signature: `t=${signedAt + 1},${v1}` }],
    ['another secret', 'signatureMismatch', { secrets: ['whsec_other'] }],
    ['a body that was parsed and written again', 'signatureMismatch', { rawBody: JSON.stringify(stripeEvent()) }],
    ['a body with a line break more', 'signatureMismatch', { rawBody: Buffer.concat([body, Buffer.from('\n')]) }],
  ])('%s: %s', (_title, problem, changes) => {
    expect(problemOf(aDelivery(stripeEvent(), changes))).toBe(problem);
  });
});

describe('what is signed and still no event', () => {
  it.each<[string, unknown]>([
    ['a list', [stripeEvent()]],
    ['null', null],
    ['a thin event', { id: 'evt_1', object: 'v2.core.event', type: 'v1.payment_method.attached' }],
    ['an event without an object', stripeEvent({ data: {} })],
    ['an event of which the object is a list', stripeEvent({ data: { object: [] } })],
    ['an event without an id', stripeEvent({ id: undefined })],
  ])('%s', (_title, event) => {
    expect(problemOf(aDelivery(event))).toBe('notAnEvent');
  });

  it.each([
    ['no JSON', Buffer.from('{')],
    ['no UTF-8', Buffer.from(JSON.stringify(stripeEvent({ note: 'J\u00f6' })), 'latin1')],
    ['empty', Buffer.alloc(0)],
  ])('a body that is %s', (_title, rawBody) => {
    expect(problemOf(aDelivery({}, { rawBody, signature: `${t},v1=${signatureOf(rawBody)}` }))).toBe('notAnEvent');
  });
});

describe('what only the host can have got wrong is no fault of the delivery', () => {
  it.each<[string, Partial<Record<keyof WebhookDelivery, unknown>>]>([
    ['no secret', { secrets: [] }],
    ['an empty secret, which anybody could sign with', { secrets: [secret, ''] }],
    ['a secret with a line break', { secrets: [`${secret}\n`] }],
    ['a secret that is not set', { secrets: [undefined] }],
    ['a secret instead of a list', { secrets: secret }],
    ['a body that was parsed', { rawBody: stripeEvent() }],
    ['a clock that is none', { now: new Date(Number.NaN) }],
  ])('%s', (_title, changes) => {
    const delivery = { ...aDelivery(), ...changes } as WebhookDelivery;
    expect(() => verifyWebhook(delivery)).toThrow(expect.objectContaining({ code: 'GATEWAY_MISCONFIGURED' }));
    expect(() => verifyWebhook(delivery)).not.toThrow(/CANARY/);
  });
});

it('a payment method in an event stays as Stripe wrote it', () => {
  expect(verifyWebhook(aDelivery()).object).toEqual(stripePaymentMethod());
});
