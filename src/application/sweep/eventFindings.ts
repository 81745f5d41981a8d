import type { Notification } from '../commands/notifications.ts';
import type { SweepFinding } from './sweepReport.ts';

/** What was missed where an event of this type told the trail something new. */
export const missed: Readonly<Record<Exclude<Notification['type'], 'other'>, SweepFinding['finding']>> = {
  paymentMethodAttached: 'attachmentMissed',
  paymentMethodDetached: 'detachmentMissed',
  paymentMethodUpdated: 'updateMissed',
  setupSucceeded: 'setupMissed',
  customerDeleted: 'customerDeletionMissed',
};

/** What an event is about. */
export function subjectOf(notification: Notification) {
  const { notificationId: eventId } = notification;
  switch (notification.type) {
    case 'paymentMethodAttached':
    case 'paymentMethodDetached': {
      const { paymentMethod } = notification;
      const customer = 'customer' in notification ? notification.customer : paymentMethod.customer;
      return { eventId, paymentMethodId: paymentMethod.paymentMethodId, customerId: customer?.id ?? null };
    }
    case 'paymentMethodUpdated':
    case 'setupSucceeded':
      return { eventId, paymentMethodId: notification.paymentMethodId };
    case 'customerDeleted':
      return { eventId, customerId: notification.customerId };
    case 'other':
      return { eventId };
    default:
      return notification satisfies never;
  }
}
