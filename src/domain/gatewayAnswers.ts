import type { SetDefaultRejectionReason } from './customer.ts';
import type { UnknownCause } from './evidence.ts';
import type { DetachRejectionReason } from './paymentMethodEvents.ts';
import type { SetupRejectionReason } from './setup.ts';
import type { AttemptId, CustomerReference, PaymentMethodId, SetupIntentId } from './identifiers.ts';
import type { PaymentMethodSummary } from './paymentMethodSummary.ts';

type Unknown = { readonly answer: 'unknown'; readonly cause: UnknownCause };
type UnknownLook = { readonly look: 'unknown'; readonly cause: UnknownCause };
type Codes = {
  /** Stripe's `error.code`, where it sent one */
  readonly stripeCode: string | null;
};

/** What Stripe said of a detach. Whatever is not recognised is `unknown`. */
export type DetachAnswer =
  | { readonly answer: 'detached' }
  | ({ readonly answer: 'rejected'; readonly reason: DetachRejectionReason } & Codes)
  | Unknown;

/** What Stripe said of a new default payment method. */
export type SetDefaultAnswer =
  | { readonly answer: 'set' }
  | ({ readonly answer: 'rejected'; readonly reason: SetDefaultRejectionReason } & Codes)
  | Unknown;

/** A SetupIntent, reduced to what is needed. `clientSecret` goes to the front end and is never stored. */
export type SetupIntent = {
  readonly setupIntentId: SetupIntentId;
  readonly clientSecret: string;
  /** Stripe's `status`, an open set */
  readonly status: string;
  readonly customer: CustomerReference | null;
  readonly paymentMethodId: PaymentMethodId | null;
  /** from our metadata */
  readonly attemptId: AttemptId | null;
};

export type SetupAnswer =
  | { readonly answer: 'created'; readonly setupIntent: SetupIntent }
  | ({ readonly answer: 'rejected'; readonly reason: SetupRejectionReason } & Codes)
  | Unknown;

export type SetupLookUp =
  | { readonly look: 'found'; readonly setupIntent: SetupIntent }
  | { readonly look: 'notFound' }
  | UnknownLook;

export type CustomerLookUp =
  | { readonly look: 'found'; readonly isDeleted: boolean; readonly defaultPaymentMethodId: PaymentMethodId | null }
  | { readonly look: 'notFound' }
  | UnknownLook;

export type PaymentMethodPage =
  | { readonly look: 'found'; readonly paymentMethods: readonly PaymentMethodSummary[]; readonly hasMore: boolean }
  | { readonly look: 'notFound' }
  | UnknownLook;
