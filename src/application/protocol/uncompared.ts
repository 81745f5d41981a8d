import { isSameCustomer } from '../../domain/identifiers.ts';
import type { Unopened } from '../events/eventStreams.ts';
import type { LookedAfter } from './lookAfter.ts';

/**
 * Why a look could not be compared with what the trail has, where nothing was recorded of it: fields that do not open now may
 * be others at Stripe. Null where they were compared, and where nobody will ever open them: a forgotten customer's are gone.
 */
export function uncompared({ look, seen, recorded }: LookedAfter): Unopened | null {
  const { state, unopened } = seen;
  if (unopened === null || recorded.length > 0) return null;
  if (look.look !== 'found' || look.paymentMethod.customer === null || state.status !== 'attached') return null;
  return isSameCustomer(state.customer, look.paymentMethod.customer) ? unopened : null;
}
