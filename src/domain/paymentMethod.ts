import type { AttemptId, CustomerReference, PaymentMethodId } from './identifiers.ts';
import type { OpenRequest } from './keyedRequest.ts';
import { spendsKey } from './keyedRequest.ts';
import type {
  AttachmentRequested,
  DetachmentOutcomeUnknown,
  DetachmentRejected,
  DetachmentRequested,
  IdempotencyKeyRenewed,
  OfAttempt,
  OfDetachment,
  PaymentMethodEvent,
  RefusalReason,
  Rejection,
  RejectionReason,
} from './paymentMethodEvents.ts';
import type { UnknownCause } from './evidence.ts';
import type { CardSummary } from './paymentMethodSummary.ts';

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
  /** true when Stripe may have saved an answer under the present key that settles nothing: it would only repeat it */
  readonly keyIsSpent: boolean;
};

/** A detachment whose outcome is open. Until it is known, the payment method stands as it stood. */
export type OpenDetachment = OpenRequest & OfDetachment;

export type RejectedDetachment = Omit<DetachmentRejected['data'], 'evidence'>;

type Remembering = {
  readonly rejectedAttempts: readonly RejectedAttempt[];
  readonly detachment: OpenDetachment | null;
  readonly rejectedDetachments: readonly RejectedDetachment[];
};

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
    | {
        readonly status: 'detached';
        readonly customer: CustomerReference | null;
        readonly attemptId: AttemptId | null;
      }
  );

export type Open = Extract<PaymentMethodState, { status: 'attaching' | 'outcomeUnknown' }>;

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
    case 'AttachmentRequested': {
      const { requestedAt } = event.data;
      const attempt = { ...attemptOf(event), requestedAt, keyMadeAt: requestedAt, keyIsSpent: false };
      return { ...kept, status: 'attaching', attempt };
    }
    case 'IdempotencyKeyRenewed': {
      const { renewedAt } = event.data;
      const requestedAt = isOpen(state) ? state.attempt.requestedAt : renewedAt;
      const attempt = { ...attemptOf(event), requestedAt, keyMadeAt: renewedAt, keyIsSpent: false };
      return { ...kept, status: 'attaching', attempt };
    }
    case 'PaymentMethodAttached': {
      const { paymentMethodId, customer, attemptId, type, card } = event.data;
      const others = rejectedAttempts.filter((rejected) => rejected.attemptId !== attemptId);
      return {
        ...kept,
        status: 'attached',
        paymentMethodId,
        customer,
        attemptId,
        type,
        card,
        rejectedAttempts: others,
      };
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
      return { ...kept, status: 'cloned', attemptId, customer, cloneId };
    }
    case 'PaymentMethodUpdated':
      return state.status === 'attached' ? { ...state, type: event.data.type, card: event.data.card } : state;
    case 'PaymentMethodDetached': {
      const { customer, attemptId } = event.data;
      return { ...kept, status: 'detached', customer, attemptId, detachment: null };
    }
    case 'DetachmentRequested':
    case 'DetachmentRejected':
    case 'DetachmentOutcomeUnknown':
      return { ...state, ...evolveDetachment(kept, event) };
    default:
      return event satisfies never;
  }
}

function evolveDetachment(
  { detachment, rejectedDetachments }: Remembering,
  event: DetachmentRequested | DetachmentRejected | DetachmentOutcomeUnknown,
): Pick<Remembering, 'detachment' | 'rejectedDetachments'> {
  switch (event.type) {
    case 'DetachmentRequested': {
      return { rejectedDetachments, detachment: { ...event.data, cause: null, keyIsSpent: false } };
    }
    case 'DetachmentRejected': {
      const { evidence: _, ...rejected } = event.data;
      return { rejectedDetachments: [...rejectedDetachments, rejected], detachment: null };
    }
    case 'DetachmentOutcomeUnknown': {
      const { cause } = event.data;
      const keyIsSpent = detachment?.keyIsSpent === true || spendsKey(event.data);
      return { rejectedDetachments, detachment: detachment && { ...detachment, cause, keyIsSpent } };
    }
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

function attemptOf(event: AttachmentRequested | IdempotencyKeyRenewed) {
  const { attemptId, paymentMethodId, customer, idempotencyKey, apiVersion } = event.data;
  return { attemptId, paymentMethodId, customer, idempotencyKey, apiVersion };
}
