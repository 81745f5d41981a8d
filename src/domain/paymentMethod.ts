import type { Evidence } from './evidence.ts';
import type { AttemptId, CustomerReference, PaymentMethodId } from './identifiers.ts';
import type { CardSummary, PaymentMethodSummary } from './paymentMethodSummary.ts';

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

/** Why the trail says no without asking Stripe: a payment method has one customer, ever, and none after a detachment. */
export type RefusalReason = 'attachedToAnotherCustomer' | 'attachingToAnotherCustomer' | 'detached';

/** Why an outcome is not known. None of them says that the attach did not happen. */
export type UnknownCause =
  | 'timeout'
  | 'connectionLost'
  | 'unreachable'
  | 'serverError'
  | 'rateLimited'
  | 'stillProcessing'
  | 'unexpectedAnswer'
  | 'unexpectedEcho'
  | 'refusedWithoutCode'
  | 'aborted'
  | 'gatewayFault';

type OfAttempt = {
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

export type AttachmentRejected = {
  readonly type: 'AttachmentRejected';
  readonly data: OfAttempt & Rejection & { readonly evidence: Evidence };
};

/** The trail itself said no; Stripe was not asked. Whatever the payment method's state was, it stays. */
export type AttachmentRefused = {
  readonly type: 'AttachmentRefused';
  readonly data: OfAttempt & { readonly reason: RefusalReason };
};

export type AttachmentOutcomeUnknown = {
  readonly type: 'AttachmentOutcomeUnknown';
  readonly data: OfAttempt & { readonly cause: UnknownCause; readonly evidence: Evidence };
};

/** The attempt named a test alias, and Stripe made this payment method of it; its story goes on in its own stream. */
export type PaymentMethodCloned = {
  readonly type: 'PaymentMethodCloned';
  readonly data: OfAttempt & { readonly cloneId: PaymentMethodId };
};

export type PaymentMethodDetached = {
  readonly type: 'PaymentMethodDetached';
  readonly data: {
    readonly paymentMethodId: PaymentMethodId;
    readonly customer: CustomerReference | null;
    readonly evidence: Evidence;
  };
};

export type PaymentMethodEvent =
  | AttachmentRequested
  | IdempotencyKeyRenewed
  | PaymentMethodAttached
  | AttachmentRejected
  | AttachmentRefused
  | AttachmentOutcomeUnknown
  | PaymentMethodCloned
  | PaymentMethodDetached;

export type Rejection = {
  readonly reason: RejectionReason;
  /** Stripe's `error.code`, where it sent one */
  readonly stripeCode: string | null;
  /** Stripe's `error.decline_code`, where it sent one */
  readonly declineCode: string | null;
};

/** An attempt that got a no, from Stripe or from the trail, so that a repeat gets the same. */
export type RejectedAttempt = OfAttempt &
  Omit<Rejection, 'reason'> & { readonly reason: RejectionReason | RefusalReason };

/** An attempt whose outcome is open, and the key it must be asked under. */
export type OpenAttempt = OfAttempt & {
  readonly idempotencyKey: string;
  readonly apiVersion: string;
  /** RFC 3339: when the attempt was asked for */
  readonly requestedAt: string;
  /** RFC 3339: when its present key was made */
  readonly keyMadeAt: string;
  /** true when Stripe saved a server error under the present key: asked again, it would only repeat it */
  readonly keyIsSpent: boolean;
};

type Remembering = { readonly rejectedAttempts: readonly RejectedAttempt[] };

/** Where a payment method stands; the status names what can happen next. */
export type PaymentMethodState = Remembering &
  (
    | { readonly status: 'unattached' }
    | { readonly status: 'attaching'; readonly attempt: OpenAttempt }
    | { readonly status: 'outcomeUnknown'; readonly attempt: OpenAttempt; readonly cause: UnknownCause }
    | {
        readonly status: 'attached';
        readonly paymentMethodId: PaymentMethodId;
        readonly customer: CustomerReference;
        readonly attemptId: AttemptId | null;
        readonly type: string;
        readonly card: CardSummary | null;
      }
    | { readonly status: 'rejected'; readonly last: RejectedAttempt }
    | {
        readonly status: 'cloned';
        readonly attemptId: AttemptId;
        readonly customer: CustomerReference;
        readonly cloneId: PaymentMethodId;
      }
    | { readonly status: 'detached'; readonly customer: CustomerReference | null }
  );

export type Open = Extract<PaymentMethodState, { status: 'attaching' | 'outcomeUnknown' }>;

export const initialState: PaymentMethodState = { status: 'unattached', rejectedAttempts: [] };

/** The next state. Total: it validates nothing and never throws; the codec has checked the event's shape. */
export function evolve(state: PaymentMethodState, event: PaymentMethodEvent): PaymentMethodState {
  switch (event.type) {
    case 'AttachmentRequested':
      return {
        status: 'attaching',
        attempt: {
          ...attemptOf(event),
          requestedAt: event.data.requestedAt,
          keyMadeAt: event.data.requestedAt,
          keyIsSpent: false,
        },
        rejectedAttempts: state.rejectedAttempts,
      };
    case 'IdempotencyKeyRenewed':
      return {
        status: 'attaching',
        attempt: {
          ...attemptOf(event),
          requestedAt: isOpen(state) ? state.attempt.requestedAt : event.data.renewedAt,
          keyMadeAt: event.data.renewedAt,
          keyIsSpent: false,
        },
        rejectedAttempts: state.rejectedAttempts,
      };
    case 'PaymentMethodAttached':
      return {
        status: 'attached',
        paymentMethodId: event.data.paymentMethodId,
        customer: event.data.customer,
        attemptId: event.data.attemptId,
        type: event.data.type,
        card: event.data.card,
        rejectedAttempts: state.rejectedAttempts.filter((rejected) => rejected.attemptId !== event.data.attemptId),
      };
    case 'AttachmentRejected': {
      const { evidence: _, ...rejected } = event.data;
      return { status: 'rejected', last: rejected, rejectedAttempts: [...state.rejectedAttempts, rejected] };
    }
    case 'AttachmentRefused': {
      const refused = { ...event.data, stripeCode: null, declineCode: null };
      return { ...state, rejectedAttempts: [...state.rejectedAttempts, refused] };
    }
    case 'AttachmentOutcomeUnknown':
      return isOpen(state)
        ? {
            status: 'outcomeUnknown',
            attempt: {
              ...state.attempt,
              keyIsSpent: state.attempt.keyIsSpent || isServerErrorOfAttach(event),
            },
            cause: event.data.cause,
            rejectedAttempts: state.rejectedAttempts,
          }
        : state;
    case 'PaymentMethodCloned':
      return {
        status: 'cloned',
        attemptId: event.data.attemptId,
        customer: event.data.customer,
        cloneId: event.data.cloneId,
        rejectedAttempts: state.rejectedAttempts,
      };
    case 'PaymentMethodDetached':
      return { status: 'detached', customer: event.data.customer, rejectedAttempts: state.rejectedAttempts };
    default:
      return event satisfies never;
  }
}

/** The state after these events, from the beginning or from a state already folded. */
export function fold(
  events: Iterable<PaymentMethodEvent>,
  from: PaymentMethodState = initialState,
): PaymentMethodState {
  let state = from;
  for (const event of events) state = evolve(state, event);
  return state;
}

/** True while an attempt was asked for and nobody knows how it ended. */
export function isOpen(state: PaymentMethodState): state is Open {
  return state.status === 'attaching' || state.status === 'outcomeUnknown';
}

/** A look at Stripe fails under no key: its server error says nothing of the one the attach went out under. */
function isServerErrorOfAttach({ data }: AttachmentOutcomeUnknown): boolean {
  return data.cause === 'serverError' && data.evidence.source === 'response';
}

function attemptOf(event: AttachmentRequested | IdempotencyKeyRenewed) {
  const { attemptId, paymentMethodId, customer, idempotencyKey, apiVersion } = event.data;
  return { attemptId, paymentMethodId, customer, idempotencyKey, apiVersion };
}
