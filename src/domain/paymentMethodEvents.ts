import type { KeyedRequest } from './keyedRequest.ts';
import type { Evidence, UnknownCause } from './evidence.ts';
import type { AttemptId, CustomerReference, PaymentMethodId } from './identifiers.ts';
import type { PaymentMethodSummary } from './paymentMethodSummary.ts';

/**
 * Why Stripe said no. `notAttachable` covers what Stripe refuses without a code: used or detached before, or of a type
 * that cannot be saved.
 */
export type RejectionReason =
  | 'cardDeclined'
  | 'paymentMethodNotFound'
  | 'customerNotFound'
  | 'attachedToAnotherCustomer'
  | 'notAttachable'
  | 'customerLimitReached'
  | 'invalidRequest';

/** Why Stripe said no to a detachment. */
export type DetachRejectionReason = 'paymentMethodNotFound' | 'notAttached' | 'invalidRequest';

/** Why the trail says no without asking Stripe: a payment method has one customer, ever, and none after a detachment. */
export type RefusalReason = 'attachedToAnotherCustomer' | 'attachingToAnotherCustomer' | 'detached';

export type OfAttempt = {
  readonly attemptId: AttemptId;
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference;
};

/** The intent, durable before anything is sent. `idempotencyKey` is the one Stripe will see. */
export type AttachmentRequested = {
  readonly type: 'AttachmentRequested';
  readonly data: OfAttempt & {
    readonly idempotencyKey: string;
    readonly apiVersion: string;
    /** RFC 3339, UTC: the instant from which the key's age is counted */
    readonly requestedAt: string;
    /** true where it is to be the customer's default as well, once it is attached */
    readonly setAsDefault: boolean;
  };
};

/** A new key for an open attempt whose old one can no longer settle it (a saved 500, or older than 23 h). */
export type IdempotencyKeyRenewed = {
  readonly type: 'IdempotencyKeyRenewed';
  readonly data: OfAttempt & {
    readonly idempotencyKey: string;
    readonly apiVersion: string;
    /** RFC 3339, UTC */
    readonly renewedAt: string;
  };
};

/** Stripe has it attached to this customer. */
export type PaymentMethodAttached = {
  readonly type: 'PaymentMethodAttached';
  readonly data: Omit<PaymentMethodSummary, 'customer'> & {
    readonly customer: CustomerReference;
    /** null when nobody here asked for it */
    readonly attemptId: AttemptId | null;
    /** the test alias that was asked for, where this payment method is a clone of one */
    readonly clonedFrom: PaymentMethodId | null;
    readonly evidence: Evidence;
  };
};

/** An attachment that the trail had met as nobody's is this attempt's: its setup, or its alias, came to light later. */
export type AttachmentAttributed = {
  readonly type: 'AttachmentAttributed';
  readonly data: {
    readonly paymentMethodId: PaymentMethodId;
    readonly attemptId: AttemptId;
    /** the test alias that was asked for, where this payment method is a clone of one */
    readonly clonedFrom: PaymentMethodId | null;
    readonly evidence: Evidence;
  };
};

/** Stripe said no to the attempt. */
export type AttachmentRejected = {
  readonly type: 'AttachmentRejected';
  readonly data: OfAttempt & Rejection & { readonly evidence: Evidence };
};

/** The trail itself said no; Stripe was not asked. Whatever the payment method's state was, it stays. */
export type AttachmentRefused = {
  readonly type: 'AttachmentRefused';
  readonly data: OfAttempt & { readonly reason: RefusalReason };
};

/** Nobody knows whether Stripe attached it, and why. It may have. */
export type AttachmentOutcomeUnknown = {
  readonly type: 'AttachmentOutcomeUnknown';
  readonly data: OfAttempt & { readonly cause: UnknownCause; readonly evidence: Evidence };
};

/** The attempt named a test alias, and Stripe made this payment method of it; its story goes on in its own stream. */
export type PaymentMethodCloned = {
  readonly type: 'PaymentMethodCloned';
  readonly data: OfAttempt & { readonly cloneId: PaymentMethodId };
};

/** Stripe has it detached, for good. */
export type PaymentMethodDetached = {
  readonly type: 'PaymentMethodDetached';
  readonly data: {
    readonly paymentMethodId: PaymentMethodId;
    /** whom it was attached to; null where the trail did not know */
    readonly customer: CustomerReference | null;
    /** null when nobody here asked for it */
    readonly attemptId: AttemptId | null;
    readonly evidence: Evidence;
  };
};

export type OfDetachment = { readonly attemptId: AttemptId; readonly paymentMethodId: PaymentMethodId };

/** The intent to detach, durable before anything is sent; again, with a new key, where the old one settles nothing. */
export type DetachmentRequested = {
  readonly type: 'DetachmentRequested';
  readonly data: OfDetachment & KeyedRequest;
};

export type DetachmentRejected = {
  readonly type: 'DetachmentRejected';
  readonly data: OfDetachment & {
    readonly reason: DetachRejectionReason;
    readonly stripeCode: string | null;
    readonly evidence: Evidence;
  };
};

export type DetachmentOutcomeUnknown = {
  readonly type: 'DetachmentOutcomeUnknown';
  readonly data: OfDetachment & { readonly cause: UnknownCause; readonly evidence: Evidence };
};

/** What Stripe keeps of it changed: a new expiry date or number, by the customer's bank or by hand. */
export type PaymentMethodUpdated = {
  readonly type: 'PaymentMethodUpdated';
  readonly data: PaymentMethodSummary & { readonly evidence: Evidence };
};

/** What can be recorded in a payment method's stream, told apart by `type`. */
export type PaymentMethodEvent =
  | AttachmentRequested
  | IdempotencyKeyRenewed
  | PaymentMethodAttached
  | AttachmentAttributed
  | AttachmentRejected
  | AttachmentRefused
  | AttachmentOutcomeUnknown
  | PaymentMethodCloned
  | PaymentMethodUpdated
  | DetachmentRequested
  | DetachmentRejected
  | DetachmentOutcomeUnknown
  | PaymentMethodDetached;

/** Stripe's no: our word for it, and its own codes. */
export type Rejection = {
  readonly reason: RejectionReason;
  /** Stripe's `error.code`, where it sent one */
  readonly stripeCode: string | null;
  /** Stripe's `error.decline_code`, where it sent one */
  readonly declineCode: string | null;
};
