import type { AttemptId, CustomerReference } from './identifiers.ts';
import { isTestAlias } from './identifiers.ts';
import type { Open, PaymentMethodState, RejectedAttempt } from './paymentMethod.ts';
import { isOpen } from './paymentMethod.ts';
import type { RetryPolicy } from './retryPolicy.ts';
import { isKeyTooOld } from './retryPolicy.ts';

/** The no that this attempt got, from Stripe or from the trail; null where it got none, or was attached after all. */
export function rejectionOf(attemptId: AttemptId, state: PaymentMethodState): RejectedAttempt | null {
  if (state.status === 'attached' && state.attemptId === attemptId) return null;
  return state.rejectedAttempts.find((rejected) => rejected.attemptId === attemptId) ?? null;
}

/** The customer that this attempt's id stands for; null where the trail has not met the id. */
export function customerOfAttempt(attemptId: AttemptId, state: PaymentMethodState): CustomerReference | null {
  if (isOpen(state) && state.attempt.attemptId === attemptId) return state.attempt.customer;
  if ((state.status === 'attached' || state.status === 'cloned') && state.attemptId === attemptId)
    return state.customer;
  if (state.status === 'detached' && state.attachedBy === attemptId) return state.customer;
  return rejectionOf(attemptId, state)?.customer ?? null;
}

/** The default that the attempt which attached it wished for as well; null where it wished for none. */
export function wishedDefault(state: PaymentMethodState) {
  if (state.status !== 'attached' && state.status !== 'cloned') return null;
  const { customer, attemptId, wishesDefault } = state;
  if (!wishesDefault || attemptId === null || customer.kind !== 'customer') return null;
  const paymentMethodId = state.status === 'cloned' ? state.cloneId : state.paymentMethodId;
  return { customerId: customer.id, paymentMethodId, attemptId };
}

/** True while an open attempt is so young that its request is probably in flight still. */
export function isInFlight(state: Open, now: string, policy: RetryPolicy): boolean {
  if (state.status === 'outcomeUnknown' && state.cause !== 'stillProcessing') return false;
  return Date.parse(now) - Date.parse(state.attempt.keyMadeAt) < policy.inProgressMs;
}

/**
 * True when nothing may be sent for this attempt any more: Stripe has forgotten its key by now, and under another one it
 * would make another payment method of the test alias.
 */
export function isPastAsking({ attempt }: Open, now: string, policy: RetryPolicy): boolean {
  return isTestAlias(attempt.paymentMethodId) && isKeyTooOld(attempt.keyMadeAt, now, policy);
}
