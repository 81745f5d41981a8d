import type { LookUp } from './answers.ts';
import type { Recording } from './decisions.ts';
import { decideOutcome } from './decisions.ts';
import type { Evidence } from './evidence.ts';
import type { CustomerReference } from './identifiers.ts';
import { isSameCustomer } from './identifiers.ts';
import { decideObservedAttachment, decideObservedDetachment } from './observations.ts';
import type { PaymentMethodState } from './paymentMethod.ts';
import { isOpen } from './paymentMethod.ts';
import type { PaymentMethodSummary } from './paymentMethodSummary.ts';

/** What the trail and Stripe say of one payment method, where no event can bring them together: for a human. */
export type Disagreement =
  /** the trail has it attached to one customer, and Stripe to another */
  | 'attachedToAnotherCustomer'
  /** the trail has it detached, for good, and Stripe has it attached */
  | 'attachedThoughDetached'
  /** the trail has it attached, and Stripe does not know it: another account's, or another mode's */
  | 'notAtStripe';

export type Attached = PaymentMethodSummary & { readonly customer: CustomerReference };

/** Records that Stripe has it attached, where the trail does not know: as the end of the attempt that asked for it, if one is open. */
export function decideSweptAttachment(
  paymentMethod: Attached,
  evidence: Evidence,
  state: PaymentMethodState,
): Recording {
  if (isOpen(state) && isSameCustomer(state.attempt.customer, paymentMethod.customer)) {
    const answer = { answer: 'attached', paymentMethod } as const;
    return decideOutcome({ ...state.attempt, clonedFrom: null, answer, evidence }, state);
  }
  return decideObservedAttachment({ paymentMethod, idempotencyKey: null, attemptId: null, evidence }, state);
}

/** Records that Stripe has it attached to nobody, where the trail has it attached. */
export function decideSweptDetachment(
  paymentMethod: PaymentMethodSummary,
  evidence: Evidence,
  state: PaymentMethodState,
): Recording {
  if (state.status !== 'attached' || paymentMethod.customer !== null) return { events: [] };
  // A detachment of ours that is open is what did it, as a look concludes too.
  const idempotencyKey = state.detachment?.idempotencyKey ?? null;
  return decideObservedDetachment({ paymentMethod, customer: null, idempotencyKey, evidence }, state);
}

/** What no event can bring together of what the trail and a look say; null where they agree, or an event can. */
export function disagreementOf(state: PaymentMethodState, look: LookUp): Disagreement | null {
  if (look.look === 'unknown') return null;
  if (look.look === 'notFound') return state.status === 'attached' ? 'notAtStripe' : null;
  const { customer } = look.paymentMethod;
  if (customer === null) return null;
  if (state.status === 'detached') return 'attachedThoughDetached';
  if (state.status !== 'attached') return null;
  return isSameCustomer(state.customer, customer) ? null : 'attachedToAnotherCustomer';
}
