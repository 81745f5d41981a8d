/** Compiled, never run: that an id is no other kind of id, and no text that nobody checked. */
import type {
  AccountId,
  AttachRequest,
  AttemptId,
  CustomerId,
  CustomerReference,
  PaymentMethodId,
} from 'attach-payment-method';

declare const paymentMethodId: PaymentMethodId;
declare const customerId: CustomerId;
declare const accountId: AccountId;
declare const attemptId: AttemptId;
declare const text: string;

export const asTexts: readonly string[] = [paymentMethodId, customerId, accountId, attemptId];

// @ts-expect-error A text that nobody checked is no payment method's id.
export const unchecked: PaymentMethodId = text;
// @ts-expect-error Not even one that looks like it.
export const spelled: PaymentMethodId = 'pm_1MqM05LkdIwHu7ixlDxxO6Mc';
// @ts-expect-error A customer's id is no payment method's.
export const mixedUp: PaymentMethodId = customerId;
// @ts-expect-error A payment method's id is no customer's.
export const mixedUpAgain: CustomerId = paymentMethodId;
// @ts-expect-error An account's id is no customer's, although an account may act as one.
export const account: CustomerId = accountId;
// @ts-expect-error A customer's id is no account's.
export const customer: AccountId = customerId;
// @ts-expect-error An attempt's id is no other id.
export const attempt: CustomerId = attemptId;
// @ts-expect-error No other id is an attempt's.
export const noAttempt: AttemptId = paymentMethodId;

export const ana: CustomerReference = { kind: 'customer', id: customerId };
// @ts-expect-error A reference to a customer holds a customer's id.
export const wrongKind: CustomerReference = { kind: 'customer', id: accountId };

const keys = { idempotencyKey: 'key-1', apiVersion: '2025-10-29.clover' };
export const request: AttachRequest = { paymentMethodId, customer: ana, ...keys };
// @ts-expect-error What is sent to Stripe takes no id that nobody checked: it would become part of a URL.
export const uncheckedRequest: AttachRequest = { paymentMethodId: text, customer: ana, ...keys };
