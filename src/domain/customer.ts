import type { Evidence, UnknownCause } from './evidence.ts';
import type { AttemptId, CustomerId, CustomerReference, PaymentMethodId } from './identifiers.ts';
import { isTestAlias } from './identifiers.ts';
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
 * An attach that is asked for wishes to make the default of what it attaches, in the order of this stream: whatever clocks say,
 * the later of two wishes stands. Of a test alias, the payment method is the alias.
 */
export type DefaultPaymentMethodWished = {
  readonly type: 'DefaultPaymentMethodWished';
  /** `wishedAt` is RFC 3339, UTC */
  readonly data: OfAttempt & { readonly wishedAt: string };
};

/**
 * The intent, durable before anything is sent; again, with a new key, where the old one settles nothing. One of another
 * attempt supersedes one that is open, and every wish that is older than its own.
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
  | DefaultPaymentMethodWished
  | DefaultPaymentMethodRequested
  | DefaultPaymentMethodSet
  | DefaultPaymentMethodRejected
  | DefaultPaymentMethodOutcomeUnknown
  | CustomerDeleted
  | CustomerForgotten;

export type OpenDefault = OpenRequest & OfAttempt;

export type RejectedDefault = Omit<DefaultPaymentMethodRejected['data'], 'evidence'>;

/** `wasAsked` is false of what was wished for alone, perhaps because Stripe declined to attach it. */
export type SupersededDefault = OfAttempt & { readonly wasAsked: boolean };

/** Where a customer stands. */
export type CustomerState = {
  readonly isDeleted: boolean;
  readonly isForgotten: boolean;
  /** what this module set, and the attempts that did, the newest last; the dashboard may have set another since */
  readonly set: readonly OfAttempt[];
  readonly open: OpenDefault | null;
  /** what attaches wish for and nobody has asked for yet, the newest last */
  readonly wishes: readonly OfAttempt[];
  readonly rejected: readonly RejectedDefault[];
  /** attempts that a later wish was asked for after: in doubt where they were asked for, which matters no more */
  readonly superseded: readonly SupersededDefault[];
};

export const initialCustomer: CustomerState = {
  isDeleted: false,
  isForgotten: false,
  set: [],
  open: null,
  wishes: [],
  rejected: [],
  superseded: [],
};

/** The next state. Total: it validates nothing and never throws. */
export function evolveCustomer(state: CustomerState, event: CustomerEvent): CustomerState {
  switch (event.type) {
    case 'DefaultPaymentMethodWished':
      return { ...state, wishes: [...state.wishes, ofAttempt(event.data)] };
    case 'DefaultPaymentMethodRequested':
      return requested(state, event.data);
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
      return { ...state, isDeleted: true, open: null, wishes: [] };
    case 'CustomerForgotten':
      return { ...state, isForgotten: true };
    default:
      return event satisfies never;
  }
}

/** Another key for what is open is no newer wish: it leaves those alone that came in between. */
function requested(state: CustomerState, data: DefaultPaymentMethodRequested['data']): CustomerState {
  const open = { ...data, cause: null, keyIsSpent: false };
  if (state.open?.attemptId === data.attemptId) return { ...state, open };
  const own = state.wishes.findLastIndex((wish) => isOfAttempt(wish, data));
  const older = own === -1 ? state.wishes : state.wishes.slice(0, own);
  // An attempt stands for one default: what it wished for besides is not asked for any more.
  const newer = own === -1 ? [] : state.wishes.slice(own + 1).filter(({ attemptId }) => attemptId !== data.attemptId);
  const unasked = older.map((wish) => ({ ...wish, wasAsked: false }));
  const overtaken = state.open === null ? unasked : [{ ...ofAttempt(state.open), wasAsked: true }, ...unasked];
  return { ...state, open, wishes: newer, superseded: [...state.superseded, ...overtaken] };
}

/** True of what this attempt wished for this payment method. What a test alias became, nobody but its attach can say. */
export function isOfAttempt(
  one: Pick<OfAttempt, 'attemptId' | 'paymentMethodId'>,
  { attemptId, paymentMethodId }: Pick<OfAttempt, 'attemptId' | 'paymentMethodId'>,
): boolean {
  if (one.attemptId !== attemptId) return false;
  return one.paymentMethodId === paymentMethodId || isTestAlias(one.paymentMethodId);
}

function ofAttempt({ attemptId, customerId, paymentMethodId }: OfAttempt): OfAttempt {
  return { attemptId, customerId, paymentMethodId };
}
