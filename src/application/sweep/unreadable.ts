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

/** Of what was not answered before either. */
export function unanswered(subject: string, cause: UnknownCause): PaymentMethodsError {
  return new PaymentMethodsError(
    'NOT_LOOKED_UP',
    `There was again no answer about ${subject} (${cause}). The sweeps to come try it again. Where others are answered, see what is on the way to Stripe.`,
    { details: { subject, cause } },
  );
}

/** Of an event whose own word is needed again, and was not listed, or not so that it can be read. */
export function notListedAgain(subject: string): PaymentMethodsError {
  return new PaymentMethodsError(
    'NOT_LOOKED_UP',
    `${subject} failed before, and now Stripe does not list it so that it can be read. The sweeps to come try it again, for as long as Stripe lists events. Look at it in the Dashboard.`,
    { details: { subject } },
  );
}
