/**
 * Ids as Stripe writes them, each branded so that one kind cannot stand where another belongs. A branded id has passed
 * its pattern, so it can never reach another URL path (`/`, `.`, `%` and control characters are not in any of them).
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A payment method's id (`pm_…`; `card_…`, `src_…` and `ba_…` of older APIs), or a test alias (`pm_card_visa`). */
export type PaymentMethodId = Branded<'PaymentMethodId'>;
/** A Stripe customer's id (`cus_…`). */
export type CustomerId = Branded<'CustomerId'>;
/** A Stripe account's id (`acct_…`), where the account acts as a customer. */
export type AccountId = Branded<'AccountId'>;
export type SetupIntentId = Branded<'SetupIntentId'>;
/** One intention of the caller's: the same attempt, repeated, is the same request. */
export type AttemptId = Branded<'AttemptId'>;

const paymentMethodPattern = /^(?:pm|card|src|ba)_[A-Za-z0-9_]{1,250}$/;
const customerPattern = /^cus_[A-Za-z0-9_]{1,250}$/;
const accountPattern = /^acct_[A-Za-z0-9_]{1,250}$/;
const setupIntentPattern = /^seti_[A-Za-z0-9_]{1,250}$/;
const attemptPattern = /^[A-Za-z0-9._:-]{1,100}$/;
const testAliasPattern = /^pm_(?:card|usBankAccount)_[A-Za-z0-9_]+$/;

export function isPaymentMethodId(text: string): text is PaymentMethodId {
  return paymentMethodPattern.test(text);
}

export function isCustomerId(text: string): text is CustomerId {
  return customerPattern.test(text);
}

export function isAccountId(text: string): text is AccountId {
  return accountPattern.test(text);
}

export function isSetupIntentId(text: string): text is SetupIntentId {
  return setupIntentPattern.test(text);
}

export function isAttemptId(text: string): text is AttemptId {
  return attemptPattern.test(text);
}

/**
 * True for ids such as `pm_card_visa` that name a recipe and not a payment method: Stripe makes a new payment method
 * each time one is used (https://docs.stripe.com/testing).
 */
export function isTestAlias(id: PaymentMethodId): boolean {
  return testAliasPattern.test(id);
}

/** Whom a payment method is attached to: a Customer (`cus_…`) or an Account that acts as one (`acct_…`). */
export type CustomerReference =
  | { readonly kind: 'customer'; readonly id: CustomerId }
  | { readonly kind: 'customerAccount'; readonly id: AccountId };

export function isSameCustomer(one: CustomerReference, other: CustomerReference): boolean {
  return one.kind === other.kind && one.id === other.id;
}

/** Of what one is called (from 2025-12-15.clover on, a customer may be an account as well), the name expected, else the first. */
export function customerAmong(
  names: readonly CustomerReference[],
  expected: CustomerReference | null | undefined,
): CustomerReference | null {
  return names.find((name) => expected && isSameCustomer(name, expected)) ?? names[0] ?? null;
}
