import type {
  AttemptId,
  CustomerId,
  CustomerReference,
  PaymentMethodId,
  SetupIntentId,
} from '../../domain/identifiers.ts';
import {
  isAccountId,
  isAttemptId,
  isCustomerId,
  isPaymentMethodId,
  isSetupIntentId,
} from '../../domain/identifiers.ts';

/** A payment method's id of a text that is one, such as `pm_1`; throws a `TypeError` for any other. */
export function paymentMethodId(text: string): PaymentMethodId {
  return isPaymentMethodId(text) ? text : refuse(text, 'a payment method, such as pm_1');
}

/** A customer's id of a text that is one, such as `cus_1`; throws a `TypeError` for any other. */
export function customerId(text: string): CustomerId {
  return isCustomerId(text) ? text : refuse(text, 'a customer, such as cus_1');
}

/** Whom a payment method is attached to, by `cus_…` or `acct_…`; throws a `TypeError` for any other text. */
export function customerReference(text: string): CustomerReference {
  if (isAccountId(text)) return { kind: 'customerAccount', id: text };
  return { kind: 'customer', id: customerId(text) };
}

/** An attempt's id of a text that is one, such as `checkout-1`; throws a `TypeError` for any other. */
export function attemptId(text: string): AttemptId {
  return isAttemptId(text) ? text : refuse(text, 'an attempt, such as checkout-1');
}

/** A SetupIntent's id of a text that is one, such as `seti_1`; throws a `TypeError` for any other. */
export function setupIntentId(text: string): SetupIntentId {
  return isSetupIntentId(text) ? text : refuse(text, 'a SetupIntent, such as seti_1');
}

function refuse(text: string, what: string): never {
  throw new TypeError(`${JSON.stringify(text)} is no id of ${what}.`);
}
