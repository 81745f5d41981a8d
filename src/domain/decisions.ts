import type { AttemptId, CustomerReference, PaymentMethodId } from './identifiers.ts';
import { isSameCustomer, isTestAlias } from './identifiers.ts';
import type { Evidence } from './evidence.ts';
import type {
  Open,
  PaymentMethodEvent,
  PaymentMethodState,
  RefusalReason,
  Rejection,
  UnknownCause,
} from './paymentMethod.ts';
import type { PaymentMethodSummary } from './paymentMethodSummary.ts';
import { isOpen } from './paymentMethod.ts';

/** The caller's wish, and the key and version Stripe will see if it is sent. */
export type AttachPaymentMethod = {
  readonly attemptId: AttemptId;
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference;
  readonly idempotencyKey: string;
  readonly apiVersion: string;
  /** RFC 3339, UTC */
  readonly requestedAt: string;
};

/** What to record. `events: []` means: already so. */
export type Recording = { readonly events: readonly PaymentMethodEvent[] };

/** What to record, or why nothing can be: the attempt's id stands for another wish already. */
export type Decision = Recording | { readonly rejected: 'attemptIdReused' };

/** What Stripe said of an attach. Whatever is not recognised is `unknown`. */
export type Answer =
  | { readonly answer: 'attached'; readonly paymentMethod: PaymentMethodSummary }
  | ({ readonly answer: 'rejected' } & Rejection)
  | { readonly answer: 'unknown'; readonly cause: UnknownCause };

/** What a look at the payment method found. */
export type LookUp =
  | { readonly look: 'found'; readonly paymentMethod: PaymentMethodSummary }
  | { readonly look: 'notFound' }
  | { readonly look: 'unknown'; readonly cause: UnknownCause };

/** An answer, what was asked for and under which key, and what the answer rests on. */
export type Conclusion = {
  readonly attemptId: AttemptId;
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference;
  readonly idempotencyKey: string;
  /** the test alias that was asked for, where the payment method is a clone of one */
  readonly clonedFrom: PaymentMethodId | null;
  readonly answer: Answer;
  readonly evidence: Evidence;
};

/** Asks for the attach, or refuses it; nothing where this attempt was answered before, or it is asked for or done. */
export function decideAttach(command: AttachPaymentMethod, state: PaymentMethodState): Decision {
  const before = state.rejectedAttempts.find((rejected) => rejected.attemptId === command.attemptId);
  if (before !== undefined) {
    return isSameCustomer(before.customer, command.customer) ? { events: [] } : { rejected: 'attemptIdReused' };
  }
  switch (state.status) {
    case 'unattached':
    case 'rejected':
      return { events: [{ type: 'AttachmentRequested', data: { ...command } }] };
    case 'attaching':
    case 'outcomeUnknown':
      if (isSameCustomer(state.attempt.customer, command.customer)) return { events: [] };
      return state.attempt.attemptId === command.attemptId
        ? { rejected: 'attemptIdReused' }
        : refusal(command, 'attachingToAnotherCustomer');
    case 'attached':
      return isSameCustomer(state.customer, command.customer)
        ? { events: [] }
        : refusal(command, 'attachedToAnotherCustomer');
    case 'cloned':
      return { events: [] };
    case 'detached':
      return refusal(command, 'detached');
    default:
      return state satisfies never;
  }
}

function refusal({ attemptId, paymentMethodId, customer }: AttachPaymentMethod, reason: RefusalReason): Recording {
  return { events: [{ type: 'AttachmentRefused', data: { attemptId, paymentMethodId, customer, reason } }] };
}

/**
 * Records how an attempt ended. Evidence that it is attached overrules an earlier rejection of it; nothing overrules
 * evidence that it is attached, and an unknown outcome never overrules a known one. A no, or a doubt, under a key that was
 * renewed since says nothing of the request that is out under the new one.
 */
export function decideOutcome(conclusion: Conclusion, state: PaymentMethodState): Recording {
  const answer = withoutForeignEcho(conclusion);
  switch (answer.answer) {
    case 'attached':
      return { events: attachedEvents(conclusion, answer.paymentMethod, state) };
    case 'rejected': {
      if (!answersOpenAttempt(conclusion, state)) return { events: [] };
      const { answer: _, ...rejection } = answer;
      return { events: [{ type: 'AttachmentRejected', data: { ...outcomeData(conclusion), ...rejection } }] };
    }
    case 'unknown': {
      if (!answersOpenAttempt(conclusion, state)) return { events: [] };
      if (state.status === 'outcomeUnknown' && state.cause === answer.cause) return { events: [] };
      const { cause } = answer;
      return { events: [{ type: 'AttachmentOutcomeUnknown', data: { ...outcomeData(conclusion), cause } }] };
    }
    default:
      return answer satisfies never;
  }
}

/**
 * Gives an open attempt a new key, which is durable before it is used. Never on a test alias, of which each key makes
 * another payment method.
 */
export function decideRenewKey(
  key: { readonly idempotencyKey: string; readonly apiVersion: string; readonly renewedAt: string },
  state: PaymentMethodState,
  policy: RetryPolicy,
): Recording {
  if (!isOpen(state) || isTestAlias(state.attempt.paymentMethodId)) return { events: [] };
  const { attemptId, paymentMethodId, customer, keyIsSpent, keyMadeAt } = state.attempt;
  const isTooOld = Date.parse(key.renewedAt) - Date.parse(keyMadeAt) >= policy.keyLifetimeMs;
  if (!keyIsSpent && !isTooOld) return { events: [] };
  return { events: [{ type: 'IdempotencyKeyRenewed', data: { attemptId, paymentMethodId, customer, ...key } }] };
}

export type RetryPolicy = {
  /** How long a key may be used: under the 24 h that Stripe keeps one (https://docs.stripe.com/api/idempotent_requests). */
  readonly keyLifetimeMs: number;
  /** How long an attempt of somebody else's is taken to be in flight rather than left open by a crash. */
  readonly inProgressMs: number;
};

export const defaultRetryPolicy: RetryPolicy = { keyLifetimeMs: 23 * 60 * 60 * 1000, inProgressMs: 60_000 };

/** True while an open attempt is so young that its request is probably in flight still. */
export function isInFlight(state: Open, now: string, policy: RetryPolicy): boolean {
  if (state.status === 'outcomeUnknown' && state.cause !== 'stillProcessing') return false;
  return Date.parse(now) - Date.parse(state.attempt.keyMadeAt) < policy.inProgressMs;
}

/** True when the open attempt is to be finished by this command: it is its own, or a crash or a doubt left it open. */
export function isLeftOpen(
  command: AttachPaymentMethod,
  state: PaymentMethodState,
  policy: RetryPolicy,
): state is Open {
  if (!isOpen(state) || !isSameCustomer(state.attempt.customer, command.customer)) return false;
  if (state.rejectedAttempts.some(({ attemptId }) => attemptId === command.attemptId)) return false;
  return state.attempt.attemptId === command.attemptId || !isInFlight(state, command.requestedAt, policy);
}

/** True when a look at Stripe may settle what an answer did not: not when nothing can be reached, or should be sent. */
export function isWorthALook(answer: Answer): boolean {
  return answer.answer === 'unknown' && !['aborted', 'unreachable', 'rateLimited'].includes(answer.cause);
}

/**
 * What a look at Stripe says of an attempt; null where it says nothing. Our customer proves success, another customer
 * proves that it can never succeed (a payment method has one customer, ever). No customer proves nothing while a request
 * may be in flight; only where Stripe has refused the attempt is it a rejection.
 */
export function answerFromLookUp(customer: CustomerReference, lookUp: LookUp, refused: boolean): Answer | null {
  const uncoded = { stripeCode: null, declineCode: null };
  switch (lookUp.look) {
    case 'unknown':
      return null;
    case 'notFound':
      return refused ? { answer: 'rejected', reason: 'paymentMethodNotFound', ...uncoded } : null;
    case 'found': {
      const { paymentMethod } = lookUp;
      if (paymentMethod.customer === null) {
        return refused ? { answer: 'rejected', reason: 'notAttachable', ...uncoded } : null;
      }
      return isSameCustomer(paymentMethod.customer, customer)
        ? { answer: 'attached', paymentMethod }
        : { answer: 'rejected', reason: 'attachedToAnotherCustomer', ...uncoded };
    }
    default:
      return lookUp satisfies never;
  }
}

/** An answer that names another payment method or customer than was asked for is no answer. */
function withoutForeignEcho({ answer, paymentMethodId, customer }: Conclusion): Answer {
  if (answer.answer !== 'attached') return answer;
  const { paymentMethod } = answer;
  const isOurs = paymentMethod.customer !== null && isSameCustomer(paymentMethod.customer, customer);
  const isAsked = isTestAlias(paymentMethodId) || paymentMethod.paymentMethodId === paymentMethodId;
  return isOurs && isAsked ? answer : { answer: 'unknown', cause: 'unexpectedEcho' };
}

function attachedEvents(
  { attemptId, paymentMethodId, customer, clonedFrom, evidence }: Conclusion,
  paymentMethod: PaymentMethodSummary,
  state: PaymentMethodState,
): readonly PaymentMethodEvent[] {
  if (state.status === 'attached' || state.status === 'detached' || state.status === 'cloned') return [];
  if (isTestAlias(paymentMethodId)) {
    const cloneId = paymentMethod.paymentMethodId;
    return [{ type: 'PaymentMethodCloned', data: { attemptId, paymentMethodId, customer, cloneId } }];
  }
  return [{ type: 'PaymentMethodAttached', data: { ...paymentMethod, customer, attemptId, clonedFrom, evidence } }];
}

function answersOpenAttempt({ attemptId, idempotencyKey }: Conclusion, state: PaymentMethodState): boolean {
  return isOpen(state) && state.attempt.attemptId === attemptId && state.attempt.idempotencyKey === idempotencyKey;
}

function outcomeData({ attemptId, paymentMethodId, customer, evidence }: Conclusion) {
  return { attemptId, paymentMethodId, customer, evidence };
}
