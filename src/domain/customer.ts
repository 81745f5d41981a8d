import type { Evidence, UnknownCause } from './evidence.ts';
import type { AttemptId, CustomerId, CustomerReference, PaymentMethodId } from './identifiers.ts';
import type { KeyedRequest, OpenRequest } from './keyedRequest.ts';
import { spendsKey } from './keyedRequest.ts';

/** Why Stripe said no to a default payment method. */
export type SetDefaultRejectionReason =
  | 'customerNotFound'
  | 'paymentMethodNotFound'
  | 'notAttachedToCustomer'
  | 'invalidRequest';

type OfAttempt = {
  readonly attemptId: AttemptId;
  readonly customerId: CustomerId;
  readonly paymentMethodId: PaymentMethodId;
};

/**
 * The intent, durable before anything is sent; again, with a new key, where the old one settles nothing. One of another
 * attempt, while one is open, supersedes that.
 */
export type DefaultPaymentMethodRequested = {
  readonly type: 'DefaultPaymentMethodRequested';
  readonly data: OfAttempt & KeyedRequest;
};

/** Stripe charges this payment method for the customer's invoices from now on. */
export type DefaultPaymentMethodSet = {
  readonly type: 'DefaultPaymentMethodSet';
  readonly data: OfAttempt & { readonly evidence: Evidence };
};

export type DefaultPaymentMethodRejected = {
  readonly type: 'DefaultPaymentMethodRejected';
  readonly data: OfAttempt & {
    readonly reason: SetDefaultRejectionReason;
    readonly stripeCode: string | null;
    readonly evidence: Evidence;
  };
};

export type DefaultPaymentMethodOutcomeUnknown = {
  readonly type: 'DefaultPaymentMethodOutcomeUnknown';
  readonly data: OfAttempt & { readonly cause: UnknownCause; readonly evidence: Evidence };
};

/**
 * Stripe deleted the customer, and with it detached all that was attached to it. The trail learns of each of those by its own
 * notification, or by a look.
 */
export type CustomerDeleted = {
  readonly type: 'CustomerDeleted';
  readonly data: { readonly customerId: CustomerId; readonly evidence: Evidence };
};

/** The key of the customer's personal fields is destroyed: what was encrypted under it reads as `redacted`, for good. */
export type CustomerForgotten = {
  readonly type: 'CustomerForgotten';
  readonly data: { readonly customer: CustomerReference };
};

export type CustomerEvent =
  | DefaultPaymentMethodRequested
  | DefaultPaymentMethodSet
  | DefaultPaymentMethodRejected
  | DefaultPaymentMethodOutcomeUnknown
  | CustomerDeleted
  | CustomerForgotten;

export type OpenDefault = OpenRequest & OfAttempt;

export type RejectedDefault = Omit<DefaultPaymentMethodRejected['data'], 'evidence'>;

/** Where a customer stands. */
export type CustomerState = {
  readonly isDeleted: boolean;
  readonly isForgotten: boolean;
  /** what this module set, and the attempts that did, the newest last; the dashboard may have set another since */
  readonly set: readonly OfAttempt[];
  readonly open: OpenDefault | null;
  readonly rejected: readonly RejectedDefault[];
  /** attempts in doubt that a later wish came after, so that how they ended matters no more */
  readonly superseded: readonly OfAttempt[];
  /** RFC 3339: when a default was last asked for, for the first time: another key for it is no newer wish */
  readonly askedAt: string | null;
};

export const initialCustomer: CustomerState = {
  isDeleted: false,
  isForgotten: false,
  set: [],
  open: null,
  rejected: [],
  superseded: [],
  askedAt: null,
};

/** The next state. Total: it validates nothing and never throws. */
export function evolveCustomer(state: CustomerState, event: CustomerEvent): CustomerState {
  switch (event.type) {
    case 'DefaultPaymentMethodRequested': {
      const { open } = state;
      const isAgain = open?.attemptId === event.data.attemptId;
      const superseded = open === null || isAgain ? state.superseded : [...state.superseded, ofAttempt(open)];
      const askedAt = isAgain ? state.askedAt : event.data.requestedAt;
      return { ...state, askedAt, superseded, open: { ...event.data, cause: null, keyIsSpent: false } };
    }
    case 'DefaultPaymentMethodSet': {
      const { evidence: _, ...set } = event.data;
      return { ...state, set: [...state.set, set], open: null };
    }
    case 'DefaultPaymentMethodRejected': {
      const { evidence: _, ...rejected } = event.data;
      return { ...state, open: null, rejected: [...state.rejected, rejected] };
    }
    case 'DefaultPaymentMethodOutcomeUnknown': {
      const { open } = state;
      if (open === null) return state;
      const keyIsSpent = open.keyIsSpent || spendsKey(event.data);
      return { ...state, open: { ...open, cause: event.data.cause, keyIsSpent } };
    }
    case 'CustomerDeleted':
      return { ...state, isDeleted: true, open: null };
    case 'CustomerForgotten':
      return { ...state, isForgotten: true };
    default:
      return event satisfies never;
  }
}

function ofAttempt({ attemptId, customerId, paymentMethodId }: OfAttempt): OfAttempt {
  return { attemptId, customerId, paymentMethodId };
}
