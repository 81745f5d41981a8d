import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { customerOf } from '../../../src/application/events/customerOf.ts';
import { EventCodec } from '../../../src/application/events/eventCodec.ts';
import type { TrailEvent } from '../../../src/application/events/eventTypes.ts';
import { eventTypes } from '../../../src/application/events/eventTypes.ts';
import { pathsOf, withPart } from '../../support/paths.ts';

type Json = Readonly<Record<string, unknown>>;

const codec = new EventCodec<TrailEvent>(eventTypes);
const eventId = '5f0c6f0e-3d0a-4a52-9d2f-0d8f8f6f1c11';
const context = { actor: 'user-7', correlationId: 'checkout-9', causationId: 'evt_1', traceparent: '00-a-b-01' };
const line = { line1: 'One Way', line2: null, postalCode: '10115', city: 'Berlin', state: null, country: 'DE' };
const billingDetails = { name: 'Jo', email: 'jo@example.com', phone: null, address: line };

/** The data of an event of this type, in its newest version, with all that it may hold. */
function sample(type: keyof typeof eventTypes): Json {
  const file = new URL(`./golden/${type}.v${eventTypes[type].version}.json`, import.meta.url);
  const { data } = JSON.parse(readFileSync(file, 'utf8')) as { readonly data: Json };
  return 'card' in data ? { ...data, billingDetails } : data;
}

function written(type: string, data: Json) {
  return codec.encode({ type, data } as unknown as TrailEvent, eventId, context);
}

const types = Object.keys(eventTypes) as (keyof typeof eventTypes)[];
const fields = types.flatMap((type) => pathsOf(sample(type)).map((path) => ({ type, path })));
const causes =
  'timeout connectionLost unreachable serverError rateLimited stillProcessing unexpectedAnswer unexpectedEcho refusedWithoutCode aborted gatewayFault';
/** The words that events are told in. One that is gone from here is an event that nobody can read. */
const vocabulary: readonly [keyof typeof eventTypes, string, string][] = [
  [
    'AttachmentRejected',
    'reason',
    'cardDeclined paymentMethodNotFound customerNotFound attachedToAnotherCustomer notAttachable customerLimitReached invalidRequest',
  ],
  ['AttachmentRefused', 'reason', 'attachedToAnotherCustomer attachingToAnotherCustomer detached'],
  ['AttachmentOutcomeUnknown', 'cause', causes],
  ['DetachmentRejected', 'reason', 'paymentMethodNotFound notAttached invalidRequest'],
  ['DetachmentOutcomeUnknown', 'cause', causes],
  [
    'DefaultPaymentMethodRejected',
    'reason',
    'customerNotFound paymentMethodNotFound notAttachedToCustomer invalidRequest',
  ],
  ['DefaultPaymentMethodOutcomeUnknown', 'cause', causes],
  ['SetupRequested', 'usage', 'off_session on_session'],
  ['SetupRejected', 'reason', 'customerNotFound invalidRequest'],
  ['SetupOutcomeUnknown', 'cause', causes],
  ['PaymentMethodAttached', 'evidence.source', 'response readBack webhook sweep'],
];

describe('what is stored', () => {
  it.each(types)('%s is read back whole, with who asked and in the course of what', (type) => {
    const data = sample(type);
    const { version: schemaVersion } = eventTypes[type];
    expect(codec.decode(written(type, data))).toEqual({
      event: { type, data },
      metadata: { schemaVersion, ...context },
    });
  });

  it.each(fields)('$type has its $path checked, when it is written and when it is read', ({ type, path }) => {
    const wrong = withPart(sample(type), path, { no: 'such' });
    const stored = { ...written(type, sample(type)), data: JSON.stringify(wrong) };
    for (const attempt of [() => written(type, wrong), () => codec.decode(stored)])
      expect(attempt).toThrow(expect.objectContaining({ code: 'EVENT_INVALID', details: { type, eventId } }));
  });

  it.each(vocabulary)('%s knows each %s, and no other', (type, path, words) => {
    for (const word of words.split(' ')) {
      const data = withPart(sample(type), path, word);
      expect(codec.decode(written(type, data)).event.data).toEqual(data);
    }
    expect(() => written(type, withPart(sample(type), path, 'noSuchWord'))).toThrow('does not fit');
    expect(() => written(type, withPart(sample(type), path, ''))).toThrow('does not fit');
  });

  it.each([
    ['AttachmentRequested', 'idempotencyKey', ''],
    ['AttachmentRequested', 'idempotencyKey', 'x'.repeat(256)],
    ['AttachmentRequested', 'requestedAt', 'yesterday'],
    ['IdempotencyKeyRenewed', 'idempotencyKey', ''],
    ['IdempotencyKeyRenewed', 'idempotencyKey', 'x'.repeat(256)],
    ['AttachmentRequested', 'paymentMethodId', 'cus_1'],
    ['AttachmentRequested', 'attemptId', 'a/b'],
    ['SetupBegun', 'setupIntentId', 'pm_1'],
    ['CustomerDeleted', 'customerId', 'acct_1'],
    ['CustomerForgotten', 'customer', { kind: 'customer', id: 'acct_1' }],
    ['CustomerForgotten', 'customer', { kind: 'customerAccount', id: 'cus_1' }],
    ['CustomerForgotten', 'customer', { kind: 'customerAccount', id: ['acct_1'] }],
    ['CustomerForgotten', 'customer', { kind: 'customer', id: ['cus_1'] }],
    ['CustomerDeleted', 'customerId', ['cus_1']],
    ['SetupBegun', 'setupIntentId', ['seti_1']],
    ['SetupBegun', 'attemptId', ['attempt-1']],
    ['AttachmentRequested', 'paymentMethodId', ['pm_1']],
    ['PaymentMethodAttached', 'card.expMonth', 8.5],
    ['PaymentMethodAttached', 'card.expYear', 'hidden'],
    ['PaymentMethodAttached', 'billingDetails', 'hidden'],
  ] as const)('%s is not written with this %s: %o', (type, path, part) => {
    expect(() => written(type, withPart(sample(type), path, part))).toThrow('does not fit');
  });

  it.each([
    ['AttachmentRequested', 'idempotencyKey', 'x'],
    ['AttachmentRequested', 'idempotencyKey', 'x'.repeat(255)],
    ['IdempotencyKeyRenewed', 'idempotencyKey', 'x'],
    ['IdempotencyKeyRenewed', 'idempotencyKey', 'x'.repeat(255)],
    ['CustomerForgotten', 'customer', { kind: 'customerAccount', id: 'acct_1' }],
    ['PaymentMethodDetached', 'customer', null],
    ['PaymentMethodDetached', 'attemptId', null],
    ['PaymentMethodUpdated', 'customer', null],
    ['PaymentMethodUpdated', 'card', null],
    ['PaymentMethodUpdated', 'card.expMonth', 'redacted'],
    ['PaymentMethodAttached', 'attemptId', null],
    ['PaymentMethodAttached', 'card', null],
    ['PaymentMethodAttached', 'billingDetails', 'redacted'],
    ['SetupRequested', 'paymentMethodTypes', null],
  ] as const)('%s may be written with this %s: %o', (type, path, part) => {
    const data = withPart(sample(type), path, part);
    expect(codec.decode(written(type, data)).event.data).toEqual(data);
  });

  it('an event before its version 2 asked for no default, and was a detachment that nobody here had asked for', () => {
    const old = (type: string, data: Json) => ({
      ...written('CustomerForgotten', sample('CustomerForgotten')),
      type,
      data: JSON.stringify(data),
      metadata: JSON.stringify({ ...context, schemaVersion: 1 }),
    });
    const { setAsDefault: _, ...request } = sample('AttachmentRequested');
    const { attemptId: __, ...detached } = sample('PaymentMethodDetached');
    expect(codec.decode(old('AttachmentRequested', request)).event.data).toEqual({ ...request, setAsDefault: false });
    expect(codec.decode(old('PaymentMethodDetached', detached)).event.data).toEqual({ ...detached, attemptId: null });
  });

  it('that does not fit is named by the paths of all that is wrong', () => {
    const wrong = withPart(withPart(sample('SetupBegun'), 'attemptId', 7), 'evidence.tries.0.status', 'fine');
    expect(() => written('SetupBegun', wrong)).toThrow(/ attemptId \(\w+\), evidence\.tries\.0\.status \(\w+\)\. /);
  });

  it.each([
    ['AttachmentRequested', 'cus_NbZ8Ki3f322LNn'],
    ['SetupRequested', 'cus_NbZ8Ki3f322LNn'],
    ['DefaultPaymentMethodSet', 'cus_NbZ8Ki3f322LNn'],
    ['CustomerDeleted', 'cus_NbZ8Ki3f322LNn'],
    ['DetachmentRequested', null],
    ['SetupBegun', null],
  ] as const)('%s is about the customer %s', (type, customerId) => {
    expect(customerOf(codec.decode(written(type, sample(type))).event)).toBe(customerId);
  });

  it('a detachment may be about nobody', () => {
    const data = withPart(sample('PaymentMethodDetached'), 'customer', null);
    expect(customerOf(codec.decode(written('PaymentMethodDetached', data)).event)).toBeNull();
  });

  it.each([
    ['schemaVersion', 0],
    ['schemaVersion', 1.5],
    ['actor', 7],
    ['correlationId', null],
    ['causationId', 7],
    ['traceparent', 7],
  ])('an event is not read whose metadata has this %s: %o', (field, part) => {
    const stored = written('CustomerForgotten', sample('CustomerForgotten'));
    const metadata = JSON.stringify({ ...context, schemaVersion: 1, [field]: part });
    expect(() => codec.decode({ ...stored, metadata })).toThrow(`does not fit its schema at ${field}`);
  });
});
