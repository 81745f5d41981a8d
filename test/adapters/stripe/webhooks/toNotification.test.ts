import { describe, expect, it } from 'vitest';
import { toNotification, webhookHandler } from '../../../../src/adapters/stripe/index.ts';
import { attemptIdKey } from '../../../../src/adapters/stripe/objects/setupIntent.ts';
import { parseEvent } from '../../../../src/adapters/stripe/webhooks/event.ts';
import { ana, aMonolith, decoded } from '../../../application/support.ts';
import { stripePaymentMethod } from '../samples.ts';
import { bodyOf, secret, signatureOf, signedAt, stripeEvent } from './deliveries.ts';

const asCustomer = { kind: 'customer', id: 'cus_1' };
const asAccount = { kind: 'customerAccount', id: 'acct_1' };

/** What an event with these parts tells the trail. */
function told(type: string, object: object, previous_attributes?: object) {
  const event = parseEvent(stripeEvent({ type, data: { object, previous_attributes } }));
  if (event === null) throw new Error('this is no event');
  return toNotification(event);
}

const attached = (changes: Record<string, unknown>) => told('payment_method.attached', stripePaymentMethod(changes));
const detached = (before: object) =>
  told('payment_method.detached', stripePaymentMethod({ customer: null, customer_account: null }), before);
const setUp = (changes: object) =>
  told('setup_intent.succeeded', {
    id: 'seti_1',
    object: 'setup_intent',
    customer: 'cus_1',
    payment_method: 'pm_1',
    metadata: { [attemptIdKey]: 'setup-1' },
    ...changes,
  });

it.each([
  ['payment_method.attached', 'paymentMethodAttached', stripePaymentMethod()],
  ['payment_method.detached', 'paymentMethodDetached', stripePaymentMethod()],
  ['payment_method.updated', 'paymentMethodUpdated', stripePaymentMethod()],
  ['payment_method.automatically_updated', 'paymentMethodUpdated', stripePaymentMethod()],
  ['customer.deleted', 'customerDeleted', { id: 'cus_1' }],
  ['customer.updated', 'other', { id: 'cus_1' }],
])('%s is told as %s, with the event and the request it is of', (type, notified, object) => {
  const about = { notificationId: 'evt_1', requestId: 'req_1', idempotencyKey: 'attach-1' };
  expect(told(type, object)).toMatchObject({ type: notified, ...about });
});

describe('whose it is', () => {
  const both = { customer: 'cus_1', customer_account: 'acct_1' };
  const rows: readonly (readonly [
    title: string,
    named: Record<string, unknown>,
    first: object,
    second: object | null,
  ])[] = [
    ['a customer', { customer: 'cus_1' }, asCustomer, null],
    ['an expanded customer', { customer: { id: 'cus_1', object: 'customer' } }, asCustomer, null],
    ['an account', { customer: null, customer_account: 'acct_1' }, asAccount, null],
    ['a customer that is an account as well', both, asCustomer, asAccount],
  ];

  it.each(rows)('of an attachment to %s', (_, named, customer, alsoNamed) => {
    expect(attached(named)).toMatchObject({ paymentMethod: { customer }, alsoNamed });
  });

  it.each(rows)('of a detachment from %s, by what it was before', (_, named, customer, alsoNamed) => {
    expect(detached(named)).toMatchObject({ customer, alsoNamed, paymentMethod: { customer: null } });
  });

  it.each(rows)('of a setup for %s', (_, named, customer, alsoNamed) => {
    expect(setUp(named)).toMatchObject({ customer, alsoNamed });
  });

  it('is nobody’s where the name is no id', () => {
    expect(detached({ customer: '../x' })).toMatchObject({ customer: null, alsoNamed: null });
    expect(setUp({ customer: 'acct_1' })).toMatchObject({ customer: null, alsoNamed: null });
    expect(() => attached({ customer: 'acct_1' })).toThrow('cannot be read');
    expect(() => attached({ customer: null })).toThrow('cannot be read');
  });
});

describe('a setup', () => {
  it.each([
    ['as its id', 'pm_9'],
    ['expanded', stripePaymentMethod({ id: 'pm_9' })],
  ])('names its payment method %s', (_, payment_method) => {
    expect(setUp({ payment_method })).toMatchObject({ setupIntentId: 'seti_1', paymentMethodId: 'pm_9' });
  });

  it.each([
    ['setup-1', { [attemptIdKey]: 'setup-1' }],
    [null, { attempt_id: 'setup-1' }],
    [null, { [attemptIdKey]: 'a b' }],
    [null, { [attemptIdKey]: 7 }],
    [null, {}],
    [null, null],
  ])('is of attempt %s with metadata %j', (attemptId, metadata) => {
    expect(setUp({ metadata })).toMatchObject({ attemptId });
  });

  it.each([null, 'cus_1', {}])('that names the payment method %j cannot be read', (payment_method) => {
    expect(() => setUp({ payment_method })).toThrow('cannot be read');
  });
});

it('an attempt is known again by the idempotency key of the request that did it', async () => {
  const monolith = aMonolith();
  const { account, gateway, paymentMethods } = monolith;
  account.faults.next({ fault: 'loseResponse', match: { method: 'POST' } });
  account.faults.next({ fault: 'loseRequest', match: { method: 'GET' } });
  await paymentMethods.attach({ ...ana, attemptId: 'attempt-1' });
  const [post] = gateway.requests;
  const key = post !== undefined && 'idempotencyKey' in post ? post.idempotencyKey : '';
  const body = bodyOf(
    stripeEvent({
      data: { object: stripePaymentMethod({ id: ana.paymentMethodId, customer: ana.customer }) },
      request: { id: 'req_1', idempotency_key: key },
    }),
  );
  const headers = { 'stripe-signature': `t=${signedAt},v1=${signatureOf(body)}` };
  const handle = webhookHandler({ paymentMethods, secrets: [secret], now: () => new Date(signedAt * 1000) });
  const { status } = await handle(new Request('http://host/', { method: 'POST', headers, body: new Uint8Array(body) }));
  expect(status).toBe(200);
  const events = (await decoded(monolith.store)).map(({ event }) => event);
  expect(events.map(({ type }) => type)).toEqual([
    'AttachmentRequested',
    'AttachmentOutcomeUnknown',
    'PaymentMethodAttached',
  ]);
  expect(events[2]).toMatchObject({
    data: { attemptId: 'attempt-1', evidence: { source: 'webhook', requestId: 'req_1' } },
  });
});
