import type { AttemptId, CustomerReference, PaymentMethodId } from './identifiers.ts';
import type { Detachments } from './detachment.ts';
import { evolveDetachment } from './detachment.ts';
import { spendsKey } from './keyedRequest.ts';
import type {
  AttachmentRequested,
  IdempotencyKeyRenewed,
  OfAttempt,
  PaymentMethodEvent,
  RefusalReason,
  Rejection,
  RejectionReason,
} from './paymentMethodEvents.ts';
import type { UnknownCause } from './evidence.ts';
import type { CardSummary, PaymentMethodSummary } from './paymentMethodSummary.ts';

/** An attempt that got a no, from Stripe or from the trail, so that a repeat gets the same. */
export type RejectedAttempt = OfAttempt &
  Omit<Rejection, 'reason'> & { readonly reason: RejectionReason | RefusalReason };

/** An attempt whose outcome is open, and the key it must be asked under. */
export type OpenAttempt = OfAttempt & {
  readonly idempotencyKey: string;
  readonly apiVersion: string;
  /** RFC 3339: when the attempt was asked for */
  readonly requestedAt: string;
  readonly setAsDefault: boolean;
  /** RFC 3339: when its present key was made */
  readonly keyMadeAt: string;
  /** the keys it went out under before: what was done under one of them is this attempt's too */
  readonly formerKeys: readonly string[];
  /** true when Stripe may have saved an answer under the present key that settles nothing: it would only repeat it */
  readonly keyIsSpent: boolean;
};

type Remembering = Detachments & { readonly rejectedAttempts: readonly RejectedAttempt[] };

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
        readonly billingDetails?: PaymentMethodSummary['billingDetails'];
        /** true where the attempt that attached it wished to make it the customer's default too */
        readonly wishesDefault: boolean;
      }
    | { readonly status: 'rejected'; readonly last: RejectedAttempt }
    | {
        readonly status: 'cloned';
        readonly attemptId: AttemptId;
        readonly customer: CustomerReference;
        readonly cloneId: PaymentMethodId;
        /** true where the attempt that attached it wished to make it the customer's default too */
        readonly wishesDefault: boolean;
      }
    | {
        readonly status: 'detached';
        readonly customer: CustomerReference | null;
        readonly attemptId: AttemptId | null;
        /** the attempt that had attached it */
        readonly attachedBy: AttemptId | null;
      }
  );

export type Open = Extract<PaymentMethodState, { status: 'attaching' | 'outcomeUnknown' }>;

/** Where a payment method stands of which nothing was recorded. */
export const initialState: PaymentMethodState = {
  status: 'unattached',
  rejectedAttempts: [],
  detachment: null,
  rejectedDetachments: [],
};

/** The next state. Total: it validates nothing and never throws; the codec has checked the event's shape. */
export function evolve(state: PaymentMethodState, event: PaymentMethodEvent): PaymentMethodState {
  const { rejectedAttempts, detachment, rejectedDetachments } = state;
  const kept = { rejectedAttempts, detachment, rejectedDetachments };
  switch (event.type) {
    case 'AttachmentRequested':
    case 'IdempotencyKeyRenewed':
      return { ...kept, status: 'attaching', attempt: attemptOf(event, state) };
    case 'PaymentMethodAttached': {
      const { paymentMethodId, customer, attemptId, type, card, billingDetails } = event.data;
      const others = rejectedAttempts.filter((rejected) => rejected.attemptId !== attemptId);
      return {
        ...kept,
        status: 'attached',
        paymentMethodId,
        customer,
        attemptId,
        type,
        card,
        ...(billingDetails === undefined ? {} : { billingDetails }),
        wishesDefault: wishesDefault(state, attemptId),
        rejectedAttempts: others,
      };
    }
    case 'AttachmentAttributed': {
      const { attemptId } = event.data;
      if (state.status === 'attached') return { ...state, attemptId };
      return state.status === 'detached' ? { ...state, attachedBy: attemptId } : state;
    }
    case 'AttachmentRejected': {
      const { evidence: _, ...rejected } = event.data;
      return { ...kept, status: 'rejected', last: rejected, rejectedAttempts: [...rejectedAttempts, rejected] };
    }
    case 'AttachmentRefused': {
      const refused = { ...event.data, stripeCode: null, declineCode: null };
      return { ...state, rejectedAttempts: [...rejectedAttempts, refused] };
    }
    case 'AttachmentOutcomeUnknown': {
      if (!isOpen(state)) return state;
      const { cause } = event.data;
      const attempt = { ...state.attempt, keyIsSpent: state.attempt.keyIsSpent || spendsKey(event.data) };
      return { ...kept, status: 'outcomeUnknown', attempt, cause };
    }
    case 'PaymentMethodCloned': {
      const { attemptId, customer, cloneId } = event.data;
      const isWished = wishesDefault(state, attemptId);
      return { ...kept, status: 'cloned', attemptId, customer, cloneId, wishesDefault: isWished };
    }
    case 'PaymentMethodUpdated': {
      if (state.status !== 'attached') return state;
      const { type, card, billingDetails = state.billingDetails } = event.data;
      return { ...state, type, card, ...(billingDetails === undefined ? {} : { billingDetails }) };
    }
    case 'PaymentMethodDetached': {
      const { customer, attemptId } = event.data;
      const attachedBy = state.status === 'attached' ? state.attemptId : null;
      return { ...kept, status: 'detached', customer, attemptId, attachedBy, detachment: null };
    }
    case 'DetachmentRequested':
    case 'DetachmentRejected':
    case 'DetachmentOutcomeUnknown':
      return { ...state, ...evolveDetachment(kept, event) };
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

function wishesDefault(state: PaymentMethodState, attemptId: AttemptId | null): boolean {
  return isOpen(state) && state.attempt.attemptId === attemptId && state.attempt.setAsDefault;
}

function attemptOf(event: AttachmentRequested | IdempotencyKeyRenewed, state: PaymentMethodState): OpenAttempt {
  const { attemptId, paymentMethodId, customer, idempotencyKey, apiVersion } = event.data;
  const attempt = { attemptId, paymentMethodId, customer, idempotencyKey, apiVersion, keyIsSpent: false };
  if (event.type === 'AttachmentRequested') {
    const { requestedAt, setAsDefault } = event.data;
    return { ...attempt, setAsDefault, requestedAt, keyMadeAt: requestedAt, formerKeys: [] };
  }
  const keyMadeAt = event.data.renewedAt;
  if (!isOpen(state)) return { ...attempt, setAsDefault: false, requestedAt: keyMadeAt, keyMadeAt, formerKeys: [] };
  const { setAsDefault, requestedAt, formerKeys } = state.attempt;
  return {
    ...attempt,
    setAsDefault,
    requestedAt,
    keyMadeAt,
    formerKeys: [...formerKeys, state.attempt.idempotencyKey],
  };
}
