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

/** Of what would stop every sweep: the others must not wait for it. */
export function unansweredTwice(subject: string, cause: UnknownCause | 'storeUnavailable'): PaymentMethodsError {
  return new PaymentMethodsError(
    'NOT_LOOKED_UP',
    `Two sweeps in a row stopped at ${subject}, for want of an answer (${cause}). The next one goes on behind it, and tries it again at its end. Where others are answered, see what is on the way to Stripe, or to the customer's key.`,
    { details: { subject, cause } },
  );
}
