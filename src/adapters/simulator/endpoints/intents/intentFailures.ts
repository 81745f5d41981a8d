import type { Failure, StripeFailure } from '../../wire/failures.ts';
import { eitherOf, invalid, refused } from '../../wire/failures.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { Shapes } from '../../wire/parameters.ts';
import { paymentGiven, setupGiven } from '../givenFields.ts';

/** What the two kinds of intent are called in errors, and what they show as it was given. */
export type IntentKind = {
  readonly name: 'SetupIntent' | 'PaymentIntent';
  readonly object: 'setup_intent' | 'payment_intent';
  readonly given: Shapes;
};

export const setupKind: IntentKind = { name: 'SetupIntent', object: 'setup_intent', given: setupGiven };
export const paymentKind: IntentKind = { name: 'PaymentIntent', object: 'payment_intent', given: paymentGiven };

/** What an intent refuses, in Stripe's words. */
export const intentFailures = {
  otherOwner: (paymentMethodId: string, ownerId: string) =>
    refused(
      `The PaymentMethod ${paymentMethodId} does not belong to the Customer you supplied ${ownerId}. Please use this PaymentMethod with the Customer that it belongs to instead.`,
      { param: 'payment_method' },
    ),
  ownerNeeded: ({ name }: IntentKind, paymentMethodId: string, ownerId: string) =>
    refused(
      `The PaymentMethod ${paymentMethodId} belongs to the Customer ${ownerId}. Please include the Customer in the \`customer\` parameter on the ${name}.`,
      { param: 'payment_method' },
    ),
  usedBefore: () =>
    refused(
      'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
    ),
  typeNotAllowed: ({ name }: IntentKind, type: string, allowed: readonly string[]) =>
    refused(
      `The PaymentMethod provided (${type}) is not allowed for this ${name}. Please attach a PaymentMethod of one of the following types: ${allowed.join(', ')}. Alternatively update the allowed payment_method_types for this ${name} to include "${type}".`,
    ),
  returnUrlNeeded: ({ name }: IntentKind) =>
    invalid(
      400,
      `This ${name} is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a \`return_url\`. If you don't want to accept redirect-based payment methods, set \`automatic_payment_methods[enabled]\` to \`true\` and \`automatic_payment_methods[allow_redirects]\` to \`never\` when creating Setup Intents and Payment Intents.`,
    ),
  amountTooSmall: () =>
    invalid(
      400,
      'The amount must be greater than or equal to the minimum charge amount allowed for your account and the currency set (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).  If you want to save a Payment Method for future use without an immediate payment, use a Setup Intent instead: https://docs.stripe.com/payments/setup-intents',
      { code: 'parameter_invalid_integer', param: 'amount' },
    ),
  noPaymentMethod: (kind: IntentKind, intent: JsonObject) =>
    unexpectedState(
      kind,
      intent,
      `You cannot confirm this ${kind.name} because it's missing a payment method. You can either update the ${kind.name} with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.`,
    ),
  cannot: (verb: 'confirm' | 'update', kind: IntentKind, intent: JsonObject, status: string) =>
    unexpectedState(
      kind,
      intent,
      status === 'succeeded'
        ? `You cannot ${verb} this ${kind.name} because it has already succeeded.`
        : `You cannot ${verb} this ${kind.name} because it has a status of ${status}.`,
    ),
  alreadyCanceled: (intent: JsonObject) =>
    unexpectedState(setupKind, intent, 'You cannot cancel this SetupIntent because it it already canceled.'),
  cannotCancel: (intent: JsonObject, status: string, cancelable: readonly string[]) =>
    unexpectedState(
      setupKind,
      intent,
      `You cannot cancel this SetupIntent because it has a status of ${status}. Only a SetupIntent with one of the following statuses may be canceled: ${eitherOf(cancelable.map((one) => `\`${one}\``))}.`,
    ),
};

/** What an intent keeps when its cardholder could not authenticate. Nobody is answered with it. */
export function authenticationFailure({ name, object }: IntentKind): Failure {
  return {
    status: 402,
    type: 'invalid_request_error',
    code: `${object}_authentication_failure`,
    message: `The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this ${name} again.`,
  };
}

function unexpectedState({ object }: IntentKind, intent: JsonObject, message: string): StripeFailure {
  return refused(message, { code: `${object}_unexpected_state`, objects: { [object]: intent } });
}
