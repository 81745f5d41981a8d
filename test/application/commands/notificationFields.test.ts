import { describe, expect, it } from 'vitest';
import type { Notification } from '../../../src/application/commands/notifications.ts';
import { aMonolith } from '../support.ts';
import { pathsOf, withPart } from '../../support/paths.ts';

const about = { notificationId: 'evt_1', requestId: 'req_1', idempotencyKey: 'key-1' };
/** A customer is one value: its parts cannot be wrong by themselves. */
const isCustomer = (value: object) => 'kind' in value;
const customer = { kind: 'customer', id: 'cus_Ana' };
const alsoNamed = { kind: 'customerAccount', id: 'acct_Ana' };
const paymentMethod = {
  paymentMethodId: 'pm_1',
  customer,
  type: 'card',
  card: {
    brand: 'visa',
    last4: '4242',
    expMonth: 8,
    expYear: 2026,
    funding: 'credit',
    country: 'US',
    fingerprint: 'mToisGZ01V71BCos',
    wallet: 'apple_pay',
    checks: { cvc: 'pass', addressLine1: 'pass', addressPostalCode: 'pass' },
  },
  billingDetails: {
    name: 'Jo',
    email: 'jo@example.com',
    phone: '555',
    address: { line1: 'One Way', line2: '2nd floor', postalCode: '10115', city: 'Berlin', state: 'BE', country: 'DE' },
  },
  livemode: false,
  created: 1_679_946_402,
};
const told = {
  paymentMethodAttached: { ...about, type: 'paymentMethodAttached', paymentMethod, alsoNamed },
  paymentMethodDetached: { ...about, type: 'paymentMethodDetached', paymentMethod, customer, alsoNamed },
  paymentMethodUpdated: { ...about, type: 'paymentMethodUpdated', paymentMethodId: 'pm_1' },
  setupSucceeded: {
    ...about,
    type: 'setupSucceeded',
    setupIntentId: 'seti_1',
    paymentMethodId: 'pm_1',
    attemptId: 'attempt-1',
    customer,
    alsoNamed,
  },
  customerDeleted: { ...about, type: 'customerDeleted', customerId: 'cus_Ana' },
  other: { ...about, type: 'other' },
} as const;

const fields = Object.entries(told).flatMap(([type, notification]) =>
  pathsOf(notification, isCustomer).flatMap((path) => (path === 'type' ? [] : [{ type, path, notification }])),
);
const texts = fields.filter(({ path }) => /Id$|Key$|card\.|billing|\.type$/.test(path) && !/exp|created/.test(path));
/** As a host without types would call it. */
const ingest = (notification: unknown) => aMonolith().paymentMethods.ingest(notification as Notification);
const refusalOf = (field: string) => ({ code: 'INVALID_COMMAND', details: { call: 'ingest', fields: [field] } });

describe('a notification', () => {
  it.each(Object.entries(told))('that is a whole %s is taken', async (_, notification) => {
    await expect(ingest(notification)).resolves.toHaveProperty('recorded');
  });

  it.each(fields)('$type is refused with something else as its $path', async ({ path, notification }) => {
    await expect(ingest(withPart(notification, path, { no: 'such' }))).rejects.toMatchObject(refusalOf(path));
  });

  it.each(texts)('$type is refused with a NUL in its $path', async ({ path, notification }) => {
    const refusal = refusalOf(path);
    for (const text of ['\u0000x', 'x\u0000', 'pm_\ud834'])
      await expect(ingest(withPart(notification, path, text))).rejects.toMatchObject(refusal);
  });

  it.each(['notificationId', 'requestId', 'idempotencyKey', 'paymentMethod.type', 'paymentMethod.card.brand'])(
    'takes 255 characters as its %s, and no more, and not none',
    async (path) => {
      const longest = withPart(told.paymentMethodAttached, path, 'x'.repeat(255));
      await expect(ingest(longest)).resolves.toEqual({ recorded: true });
      for (const text of ['x'.repeat(256), ''])
        await expect(ingest(withPart(told.paymentMethodAttached, path, text))).rejects.toMatchObject(refusalOf(path));
    },
  );

  it('takes 500 characters as a line of the billing details, and none, and no more', async () => {
    const path = 'paymentMethod.billingDetails.address.line1';
    for (const line of ['x'.repeat(500), '', 'é', null])
      await expect(ingest(withPart(told.paymentMethodAttached, path, line))).resolves.toEqual({ recorded: true });
    const tooLong = withPart(told.paymentMethodAttached, path, 'x'.repeat(501));
    await expect(ingest(tooLong)).rejects.toMatchObject(refusalOf(path));
  });

  it('takes at most four digits of a card’s number', async () => {
    const path = 'paymentMethod.card.last4';
    await expect(ingest(withPart(told.paymentMethodAttached, path, '42424'))).rejects.toMatchObject(refusalOf(path));
  });

  it.each(['requestId', 'idempotencyKey', 'paymentMethod.card', 'paymentMethod.card.country', 'alsoNamed'])(
    'may leave its %s null',
    async (path) => {
      const without = withPart(told.paymentMethodAttached, path, null);
      await expect(ingest(without)).resolves.toEqual({ recorded: true });
    },
  );

  it.each([
    ['a detachment that does not say from whom', { ...told.paymentMethodDetached, customer: null, alsoNamed: null }],
    [
      'a detachment of what nobody has',
      { ...told.paymentMethodDetached, paymentMethod: { ...paymentMethod, customer: null } },
    ],
    ['a setup that somebody else began', { ...told.setupSucceeded, attemptId: null }],
    ['a setup for nobody', { ...told.setupSucceeded, customer: null, alsoNamed: undefined }],
  ])('may be of %s', async (_, notification) => {
    await expect(ingest(notification)).resolves.toHaveProperty('recorded');
  });

  it.each([
    ['an account named as a customer', { kind: 'customer', id: 'acct_1' }],
    ['a customer named as an account', { kind: 'customerAccount', id: 'cus_1' }],
    ['another kind of customer', { kind: 'person', id: 'acct_1' }],
    ['a customer without a kind', { id: 'acct_1' }],
    ['a customer without an id', { kind: 'customer' }],
    ['a list in place of an id', { kind: 'customer', id: ['cus_1'] }],
    ['an id alone', 'cus_1'],
  ])('is refused with %s', async (_, reference) => {
    const notification = { ...told.paymentMethodAttached, alsoNamed: reference };
    await expect(ingest(notification)).rejects.toMatchObject(refusalOf('alsoNamed'));
  });

  it.each(['notificationId', 'alsoNamed', 'setupIntentId', 'paymentMethodId', 'attemptId'])(
    'whose %s is wrong is told what it must be',
    async (field) => {
      const answer = ingest({ ...told.setupSucceeded, [field]: 'a/b\n' });
      await expect(answer).rejects.toMatchObject({ message: expect.stringMatching(`^ingest: ${field}: must be \\w`) });
    },
  );

  it.each(['setupIntentId', 'paymentMethodId', 'attemptId'])('is refused with a list as its %s', async (field) => {
    const notification = { ...told.setupSucceeded, [field]: [told.setupSucceeded[field as 'attemptId']] };
    await expect(ingest(notification)).rejects.toMatchObject(refusalOf(field));
  });

  it('of a deleted customer is refused with a list as its customerId', async () => {
    const answer = ingest({ ...told.customerDeleted, customerId: ['cus_Ana'] });
    await expect(answer).rejects.toMatchObject(refusalOf('customerId'));
  });

  it('of a deleted customer that is an account is told what it must be', async () => {
    const answer = ingest({ ...told.customerDeleted, customerId: 'acct_1' });
    await expect(answer).rejects.toMatchObject({ message: expect.stringMatching('^ingest: customerId: must be \\w') });
  });
});
