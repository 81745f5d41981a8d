import type { Conclusion } from './answers.ts';
import { withoutForeignEcho } from './answers.ts';
import { customerOfAttempt, isInFlight, rejectionOf } from './attempts.ts';
import type { AttemptId, CustomerReference, PaymentMethodId } from './identifiers.ts';
import { isSameCustomer, isTestAlias } from './identifiers.ts';
import { repeatsDoubt } from './keyedRequest.ts';
import type { Open, OpenAttempt, PaymentMethodState } from './paymentMethod.ts';
import type { AttachmentAttributed, PaymentMethodEvent, RefusalReason } from './paymentMethodEvents.ts';
import { isOpen } from './paymentMethod.ts';
import type { PaymentMethodSummary } from './paymentMethodSummary.ts';
import type { RetryPolicy } from './retryPolicy.ts';
import { isKeyTooOld } from './retryPolicy.ts';

/** The caller's wish, and the key and version Stripe will see if it is sent. */
export type AttachPaymentMethod = {
  readonly attemptId: AttemptId;
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference;
  readonly idempotencyKey: string;
  readonly apiVersion: string;
  /** RFC 3339, UTC */
  readonly requestedAt: string;
  /** true where it is to be the customer's default as well, once it is attached */
  readonly setAsDefault: boolean;
};

/** What to record. `events: []` means: already so. */
export type Recording = { readonly events: readonly PaymentMethodEvent[] };

/** What to record, or why nothing can be: the attempt's id stands for another wish already, or a detachment is open. */
export type Decision = Recording | { readonly rejected: 'attemptIdReused' | 'detachmentOpen' };

/**
 * Asks for the attach, or refuses it; nothing where this attempt was answered before, or it is asked for or done. Not while
 * a detachment is open: whatever that finds attached then, it undoes, and nobody could tell afterwards that it was.
 */
export function decideAttach(command: AttachPaymentMethod, state: PaymentMethodState): Decision {
  const customerBefore = customerOfAttempt(command.attemptId, state);
  if (customerBefore !== null && !isSameCustomer(customerBefore, command.customer)) {
    return { rejected: 'attemptIdReused' };
  }
  if (rejectionOf(command.attemptId, state) !== null) return { events: [] };
  switch (state.status) {
    case 'unattached':
    case 'rejected':
      if (state.detachment !== null) return { rejected: 'detachmentOpen' };
      return { events: [{ type: 'AttachmentRequested', data: { ...command } }] };
    case 'attaching':
    case 'outcomeUnknown':
      return isSameCustomer(state.attempt.customer, command.customer)
        ? { events: [] }
        : refusal(command, 'attachingToAnotherCustomer');
    case 'attached':
      return isSameCustomer(state.customer, command.customer)
        ? { events: [] }
        : refusal(command, 'attachedToAnotherCustomer');
    case 'cloned':
      return { events: [] };
    case 'detached':
      return state.attachedBy === command.attemptId ? { events: [] } : refusal(command, 'detached');
    default:
      return state satisfies never;
  }
}

/** True when a refusal of this command would say again what the last refusal said, of the same customer. */
export function repeatsRefusal({ customer }: AttachPaymentMethod, reason: RefusalReason, state: PaymentMethodState) {
  const last = state.rejectedAttempts.at(-1);
  return last !== undefined && last.reason === reason && isSameCustomer(last.customer, customer);
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
      const { cause } = answer;
      const { evidence } = conclusion;
      const isKnown =
        state.status === 'outcomeUnknown' &&
        repeatsDoubt({ ...state.attempt, cause: state.cause }, { cause, evidence });
      if (isKnown) return { events: [] };
      return { events: [{ type: 'AttachmentOutcomeUnknown', data: { ...outcomeData(conclusion), cause } }] };
    }
    default:
      return answer satisfies never;
  }
}

/** Records whose attachment it is, where the trail met it as nobody's; once. */
export function decideAttribution(found: AttachmentAttributed['data'], state: PaymentMethodState): Recording {
  const isNobodys =
    (state.status === 'attached' && state.attemptId === null) ||
    (state.status === 'detached' && state.attachedBy === null);
  return { events: isNobodys ? [{ type: 'AttachmentAttributed', data: found }] : [] };
}

/**
 * Asks again for an open attempt that the trail no longer knows: a failover lost its end. Under the same key, so that what
 * Stripe did of it and will do is one. Not while a detachment is open, which took its place.
 */
export function decideRequestAgain(attempt: OpenAttempt, state: PaymentMethodState): Recording {
  if ((state.status !== 'unattached' && state.status !== 'rejected') || state.detachment !== null)
    return { events: [] };
  if (rejectionOf(attempt.attemptId, state) !== null) return { events: [] };
  const { attemptId, paymentMethodId, customer, idempotencyKey, apiVersion, requestedAt, setAsDefault } = attempt;
  const data = { attemptId, paymentMethodId, customer, idempotencyKey, apiVersion, requestedAt, setAsDefault };
  return { events: [{ type: 'AttachmentRequested', data }] };
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
  if (!keyIsSpent && !isKeyTooOld(keyMadeAt, key.renewedAt, policy)) return { events: [] };
  return { events: [{ type: 'IdempotencyKeyRenewed', data: { attemptId, paymentMethodId, customer, ...key } }] };
}

/** True when the open attempt is to be finished by this command: it is its own, or a crash or a doubt left it open. */
export function isLeftOpen(
  command: AttachPaymentMethod,
  state: PaymentMethodState,
  policy: RetryPolicy,
): state is Open {
  if (!isOpen(state) || !isSameCustomer(state.attempt.customer, command.customer)) return false;
  if (rejectionOf(command.attemptId, state) !== null) return false;
  return state.attempt.attemptId === command.attemptId || !isInFlight(state, command.requestedAt, policy);
}

function attachedEvents(
  { attemptId, paymentMethodId, customer, clonedFrom, evidence }: Conclusion,
  paymentMethod: PaymentMethodSummary,
  state: PaymentMethodState,
): readonly PaymentMethodEvent[] {
  if (state.status === 'attached' || state.status === 'detached' || state.status === 'cloned') {
    // Of a clone nobody but the attempt that made it can be the one; to attach what is attached already is no news.
    if (clonedFrom === null) return [];
    return decideAttribution({ paymentMethodId, attemptId, clonedFrom, evidence }, state).events;
  }
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
