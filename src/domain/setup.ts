import type { Evidence, UnknownCause } from './evidence.ts';
import type { AttemptId, CustomerReference, PaymentMethodId, SetupIntentId } from './identifiers.ts';
import type { KeyedRequest, OpenRequest } from './keyedRequest.ts';
import { spendsKey } from './keyedRequest.ts';

/** Why Stripe said no to a SetupIntent. */
export type SetupRejectionReason = 'customerNotFound' | 'invalidRequest';

/** What the front end is to save, and for what. */
export type SetupWish = {
  readonly attemptId: AttemptId;
  readonly customer: CustomerReference;
  readonly usage: 'off_session' | 'on_session';
  /** which types the front end offers; null lets Stripe choose */
  readonly paymentMethodTypes: readonly string[] | null;
};

/** The intent, durable before anything is sent; again, with a new key, where the old one settles nothing. */
export type SetupRequested = { readonly type: 'SetupRequested'; readonly data: SetupWish & KeyedRequest };

/** Stripe made a SetupIntent. Its client secret went to the front end, and is nowhere here. */
export type SetupBegun = {
  readonly type: 'SetupBegun';
  readonly data: {
    readonly attemptId: AttemptId;
    readonly setupIntentId: SetupIntentId;
    readonly evidence: Evidence;
  };
};

export type SetupRejected = {
  readonly type: 'SetupRejected';
  readonly data: {
    readonly attemptId: AttemptId;
    readonly reason: SetupRejectionReason;
    readonly stripeCode: string | null;
    readonly evidence: Evidence;
  };
};

export type SetupOutcomeUnknown = {
  readonly type: 'SetupOutcomeUnknown';
  readonly data: { readonly attemptId: AttemptId; readonly cause: UnknownCause; readonly evidence: Evidence };
};

/** The front end saved a payment method; that it is attached stands in the payment method's own stream. */
export type SetupSucceeded = {
  readonly type: 'SetupSucceeded';
  readonly data: {
    readonly attemptId: AttemptId;
    readonly setupIntentId: SetupIntentId;
    readonly paymentMethodId: PaymentMethodId;
    readonly evidence: Evidence;
  };
};

export type SetupEvent = SetupRequested | SetupBegun | SetupRejected | SetupOutcomeUnknown | SetupSucceeded;

/** Where a setup stands. */
export type SetupState =
  | { readonly status: 'unasked' }
  | { readonly status: 'requested'; readonly wish: SetupWish; readonly open: OpenRequest }
  | { readonly status: 'begun'; readonly wish: SetupWish; readonly setupIntentId: SetupIntentId }
  | {
      readonly status: 'succeeded';
      readonly wish: SetupWish;
      readonly setupIntentId: SetupIntentId;
      readonly paymentMethodId: PaymentMethodId;
    }
  | {
      readonly status: 'rejected';
      readonly wish: SetupWish;
      readonly reason: SetupRejectionReason;
      readonly stripeCode: string | null;
    };

export const initialSetup: SetupState = { status: 'unasked' };

/** The next state. Total: it validates nothing and never throws. What nobody here asked for is no setup of ours. */
export function evolveSetup(state: SetupState, event: SetupEvent): SetupState {
  if (event.type === 'SetupRequested') {
    const { idempotencyKey, apiVersion, requestedAt, ...asked } = event.data;
    const open = { idempotencyKey, apiVersion, requestedAt, cause: null, keyIsSpent: false };
    return { status: 'requested', wish: asked, open };
  }
  if (state.status === 'unasked') return state;
  const { wish } = state;
  switch (event.type) {
    case 'SetupBegun':
      return { status: 'begun', wish, setupIntentId: event.data.setupIntentId };
    case 'SetupRejected':
      return { status: 'rejected', wish, reason: event.data.reason, stripeCode: event.data.stripeCode };
    case 'SetupOutcomeUnknown': {
      if (state.status !== 'requested') return state;
      const keyIsSpent = state.open.keyIsSpent || spendsKey(event.data);
      return { ...state, open: { ...state.open, cause: event.data.cause, keyIsSpent } };
    }
    case 'SetupSucceeded': {
      const { setupIntentId, paymentMethodId } = event.data;
      return { status: 'succeeded', wish, setupIntentId, paymentMethodId };
    }
    default:
      return event satisfies never;
  }
}
