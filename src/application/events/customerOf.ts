import type { CustomerReference } from '../../domain/identifiers.ts';
import type { TrailEvent } from './eventTypes.ts';

/** The id of the customer, or of the account that acts as one, that an event names; null if it names none. */
export function customerOf({ data }: TrailEvent): CustomerReference['id'] | null {
  if ('customerId' in data) return data.customerId;
  return 'customer' in data ? (data.customer?.id ?? null) : null;
}
