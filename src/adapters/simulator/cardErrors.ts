import type { Failure } from './failures.ts';
import { StripeFailure } from './failures.ts';

type CardError = Pick<Failure, 'message' | 'param' | 'adviceCode' | 'networkDeclineCode'>;

/** Errors that are a code of their own; any other decline is `card_declined` with a decline code. */
const errorsByCode: ReadonlyMap<string, CardError> = new Map([
  ['incorrect_cvc', { message: "Your card's security code is incorrect.", param: 'cvc' }],
  ['expired_card', { message: 'Your card has expired.', param: 'exp_month' }],
  [
    'incorrect_zip',
    {
      message:
        'Your card could not be authorized using the postal code provided. Please update the postal code, or contact your card issuer for further details.',
      param: 'address_zip',
    },
  ],
  ['processing_error', { message: 'An error occurred while processing your card. Try again in a little bit.' }],
  ['card_decline_rate_limit_exceeded', { message: 'This card has been declined too many times.' }],
  ['incorrect_number', { message: 'Your card number is incorrect.', param: 'number' }],
  ['invalid_expiry_month', { message: "Your card's expiration month is invalid.", param: 'exp_month' }],
  ['invalid_expiry_year', { message: "Your card's expiration year is invalid.", param: 'exp_year' }],
]);

/** Where a decline is worded in its own way. Stripe sends an empty `param` with all of them. */
const declinesByCode: ReadonlyMap<string, CardError> = new Map([
  ['generic_decline', { message: 'Your card was declined.', adviceCode: 'try_again_later', networkDeclineCode: '01' }],
  ['insufficient_funds', { message: 'Your card has insufficient funds.' }],
  [
    'test_mode_live_card',
    {
      message:
        'Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
    },
  ],
]);

/** The 402 for a decline code such as `lost_card`, or for an error code such as `incorrect_cvc`. */
export function cardError(code: string): StripeFailure {
  const ownCode = errorsByCode.get(code);
  if (ownCode !== undefined) return failed({ ...ownCode, code });
  const decline = declinesByCode.get(code) ?? { message: 'Your card was declined.' };
  return failed({ param: '', ...decline, code: 'card_declined', declineCode: code });
}

function failed(error: CardError & Pick<Failure, 'code' | 'declineCode'>): StripeFailure {
  return new StripeFailure({ status: 402, type: 'card_error', saved: true, ...error });
}
