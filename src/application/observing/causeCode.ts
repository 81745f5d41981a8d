import type { PaymentMethodsErrorCode } from '../errors.ts';
import { isPaymentMethodsError } from '../errors.ts';

/**
 * The code of what caused an error, where that is an error of this module as well: whether the database was away or a key did
 * not open, when an outcome was not recorded. Null of any other cause.
 */
export function causeCodeOf(error: unknown): PaymentMethodsErrorCode | null {
  const cause = error instanceof Error ? error.cause : undefined;
  return isPaymentMethodsError(cause) ? cause.code : null;
}
