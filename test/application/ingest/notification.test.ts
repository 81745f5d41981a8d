import { describe, expect, it } from 'vitest';
import type { Notification } from '../../../src/application/commands/notifications.ts';
import { aMonolith } from '../support.ts';

const about = { notificationId: 'evt_1', requestId: null, idempotencyKey: null };
const summary = {
  paymentMethodId: 'pm_1',
  customer: { kind: 'customer', id: 'cus_Ana' },
  type: 'card',
  card: null,
  livemode: false,
  created: 1_679_946_402,
};
const attached = { ...about, type: 'paymentMethodAttached', paymentMethod: summary };

/** As a host without types would call it. */
const ingest = (notification: unknown) => aMonolith().paymentMethods.ingest(notification as Notification);

describe('ingest takes no notification for granted', () => {
  it('of a form it does not know: Stripe’s event as it is, or nothing at all', async () => {
    const event = { id: 'evt_1', object: 'event', type: 'payment_method.attached', data: { object: summary } };
    const refused = { code: 'INVALID_COMMAND', details: { call: 'ingest' } };
    for (const given of [event, {}, null, undefined, 'evt_1', []])
      await expect(ingest(given)).rejects.toMatchObject(refused);
    await expect(ingest(event)).rejects.toThrow('toNotification');
  });

  it.each([
    ['notificationId', { ...attached, notificationId: 'evt_\u0000' }],
    ['notificationId', { ...attached, notificationId: '' }],
    ['requestId', { ...attached, requestId: '\ud834' }],
    ['paymentMethod.paymentMethodId', { ...attached, paymentMethod: { ...summary, paymentMethodId: '../x' } }],
    ['paymentMethod.customer', { ...attached, paymentMethod: { ...summary, customer: null } }],
    ['paymentMethod.type', { ...attached, paymentMethod: { ...summary, type: '\u0000' } }],
    ['paymentMethod.billingDetails', { ...attached, paymentMethod: { ...summary, billingDetails: 'Jo' } }],
    ['paymentMethodId', { ...about, type: 'paymentMethodUpdated', paymentMethodId: 'cus_1' }],
    ['customerId', { ...about, type: 'customerDeleted', customerId: 'acct_1' }],
    [
      'setupIntentId',
      {
        ...about,
        type: 'setupSucceeded',
        setupIntentId: 'pi_1',
        paymentMethodId: 'pm_1',
        attemptId: null,
        customer: null,
      },
    ],
  ])('whose %s is wrong', async (field, notification) => {
    await expect(ingest(notification)).rejects.toMatchObject({
      code: 'INVALID_COMMAND',
      details: { call: 'ingest', fields: [field] },
    });
  });

  it('and takes one that is right, whatever else it carries', async () => {
    expect(await ingest({ ...attached, note: 'x' })).toEqual({ recorded: true });
    expect(await ingest({ ...about, type: 'other' })).toEqual({ recorded: false });
  });
});
