import type { UnknownCause } from '../../domain/evidence.ts';
import { PaymentMethodsError } from '../errors.ts';

/** True where Stripe answered, and it cannot be read: that is one subject's trouble, and no reason to ask of no other. */
export function isUnreadable(cause: UnknownCause): boolean {
  return cause === 'unexpectedAnswer' || cause === 'unexpectedEcho';
}

export function unreadable(subject: string, cause: UnknownCause): PaymentMethodsError {
  return new PaymentMethodsError(
    'NOT_LOOKED_UP',
    `What Stripe says of ${subject} cannot be read (${cause}); nothing was recorded of it. Look at it in the Dashboard, and upgrade this package.`,
    { details: { subject, cause } },
  );
}
