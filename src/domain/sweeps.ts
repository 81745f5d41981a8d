import type { LookUp } from './answers.ts';
import { isSameCustomer } from './identifiers.ts';
import type { PaymentMethodState } from './paymentMethod.ts';

/** What the trail and Stripe say of one payment method, where no event can bring them together: for a human. */
export type Disagreement =
  /** the trail has it attached to one customer, and Stripe to another */
  | 'attachedToAnotherCustomer'
  /** the trail has it detached, for good, and Stripe has it attached */
  | 'attachedThoughDetached'
  /** the trail has it attached, and Stripe does not know it: another account's, or another mode's */
  | 'notAtStripe';

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
