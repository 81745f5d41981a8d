import type { KnownCustomer } from '../readModels/knownCustomers.ts';

/** The customers of a trail, with what it has attached to each. */
export interface KnownCustomers {
  /**
   * Customers that something was attached to, or asked to be, by their ids' bytes, behind `after` if it is given. Catches
   * up with the trail's head before it answers. Throws as the event store's reading does (`STORE_…`), and `EVENT_INVALID`.
   */
  list(options: { readonly after: string | null; readonly limit: number }): Promise<readonly KnownCustomer[]>;

  /** One of them; undefined of one that the trail does not know. Promises as those of `list`. */
  find(customerId: string): Promise<KnownCustomer | undefined>;
}
