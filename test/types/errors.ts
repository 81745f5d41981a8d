/** Compiled, never run: that errors are told apart by a literal code, and results cannot be changed. */
import type { AttachResult, PaymentMethodsErrorCode, RecordedEvent } from 'attach-payment-method';
import { isPaymentMethodsError, PaymentMethodsError } from 'attach-payment-method';

/** Only of a union of literals is string no part. */
type IsLiteral<Text extends string> = string extends Text ? false : true;
export const codesAreLiterals: IsLiteral<PaymentMethodsErrorCode> = true;

export function isWorthARepeat(error: unknown): boolean {
  if (!isPaymentMethodsError(error)) return false;
  // @ts-expect-error No error has this code.
  if (error.code === 'DECLINED') return false;
  return error.code === 'STORE_UNAVAILABLE';
}

// @ts-expect-error No error has this code.
export const misspelled: PaymentMethodsErrorCode = 'STORE_UNAVAILIBLE';
// @ts-expect-error Nor can one be made.
export const made = new PaymentMethodsError('DECLINED', 'The card was declined.');
// @ts-expect-error Nor asked for.
export const asked = isPaymentMethodsError(made, 'DECLINED');

export function change(result: AttachResult, event: RecordedEvent, error: PaymentMethodsError): void {
  // @ts-expect-error A result says what was recorded, and stays so.
  result.outcome = 'attached';
  // @ts-expect-error An event never changes.
  event.data = '{}';
  // @ts-expect-error Nor does an error.
  error.code = 'CLOSED';
}
