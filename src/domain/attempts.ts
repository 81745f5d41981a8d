import type { AttemptId, CustomerReference } from './identifiers.ts';
import type { PaymentMethodState, RejectedAttempt } from './paymentMethod.ts';
import { isOpen } from './paymentMethod.ts';

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
  return rejectionOf(attemptId, state)?.customer ?? null;
}
