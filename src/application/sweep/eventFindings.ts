import type { Notification } from '../commands/notifications.ts';
import type { SweepFinding } from './sweepReport.ts';

/** What was missed where an event of this type told the trail something new. */
export const missed = {
  paymentMethodAttached: 'attachmentMissed',
  paymentMethodDetached: 'detachmentMissed',
  paymentMethodUpdated: 'updateMissed',
  setupSucceeded: 'setupMissed',
  customerDeleted: 'customerDeletionMissed',
} as const satisfies Readonly<Record<Exclude<Notification['type'], 'other'>, SweepFinding['finding']>>;

/** What an event is about. */
export function subjectOf(told: Notification) {
  const { notificationId: eventId } = told;
  if ('customerId' in told) return { eventId, customerId: told.customerId };
  if ('paymentMethodId' in told) return { eventId, paymentMethodId: told.paymentMethodId };
  if (told.type === 'other') return { eventId };
  const { paymentMethodId, customer } = told.paymentMethod;
  const whose = told.type === 'paymentMethodDetached' ? told.customer : customer;
  return { eventId, paymentMethodId, customerId: whose?.id ?? null };
}
