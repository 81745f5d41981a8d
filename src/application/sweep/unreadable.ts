import type { Evidence, UnknownCause } from '../../domain/evidence.ts';
import { PaymentMethodsError } from '../errors.ts';

/**
 * True where it was Stripe that answered, and it cannot be read: that is one subject's trouble, and no reason to ask of no
 * other. What came without Stripe's request id is of something on the way, which would answer so to every question.
 */
export function isUnreadable(cause: UnknownCause, { requestId }: Evidence): boolean {
  return (cause === 'unexpectedAnswer' || cause === 'unexpectedEcho') && requestId !== null;
}

export function unreadable(subject: string, cause: UnknownCause): PaymentMethodsError {
  return new PaymentMethodsError(
    'NOT_LOOKED_UP',
    `What Stripe says of ${subject} cannot be read (${cause}); nothing was recorded of it. Look at it in the Dashboard, and upgrade this package.`,
    { details: { subject, cause } },
  );
}

/** Of what failed before: whatever else there was to do was done. */
export function unanswered(subject: string, cause: UnknownCause | 'storeUnavailable'): PaymentMethodsError {
  return new PaymentMethodsError(
    'NOT_LOOKED_UP',
    `There was again no answer about ${subject} (${cause}). The next sweep tries it again, when all else is done. Where others are answered, see what is on the way to Stripe, or to the customer's key.`,
    { details: { subject, cause } },
  );
}
