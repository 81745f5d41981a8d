import type { Failure } from '../wire/failures.ts';
import { StripeFailure } from '../wire/failures.ts';

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
  [
    'card_decline_rate_limit_exceeded',
    {
      message:
        'This card has been declined too many times. You can try to charge this card again after 24 hours. We suggest reaching out to your customer to make sure they have entered all of their information correctly and that there are no issues with their card.',
    },
  ],
  ['incorrect_number', { message: 'Your card number is incorrect.', param: 'number' }],
  ['invalid_expiry_month', { message: "Your card's expiration month is invalid.", param: 'exp_month' }],
  ['invalid_expiry_year', { message: "Your card's expiration year is invalid.", param: 'exp_year' }],
]);

/** Where a decline is worded in its own way. */
const declinesByCode: ReadonlyMap<string, CardError> = new Map([
  ['generic_decline', { message: 'Your card was declined.', adviceCode: 'try_again_later', networkDeclineCode: '01' }],
  ['authentication_required', { message: 'Your card was declined. This transaction requires authentication.' }],
  ['insufficient_funds', { message: 'Your card has insufficient funds.' }],
  [
    'test_mode_live_card',
    {
      message:
        'Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
    },
  ],
]);

/** What the bank said to an intent: for a decline code, or for an error code. */
export function cardFailure(code: string): Failure {
  const ownCode = errorsByCode.get(code);
  if (ownCode !== undefined) return failureOf({ ...ownCode, code });
  const decline = declinesByCode.get(code) ?? { message: 'Your card was declined.' };
  const declineCode = code;
  return failureOf({ ...decline, declineCode, code: code === 'authentication_required' ? code : 'card_declined' });
}

/**
 * The 402 where a card is created or attached: an error code such as `incorrect_cvc`, or a decline code such as
 * `lost_card`, whose `param` is then empty.
 */
export function cardError(code: string): StripeFailure {
  const failure = cardFailure(code);
  return new StripeFailure(failure.declineCode === undefined ? failure : { param: '', ...failure });
}

function failureOf(error: CardError & Pick<Failure, 'code' | 'declineCode'>): Failure {
  return { status: 402, type: 'card_error', saved: true, ...error };
}
