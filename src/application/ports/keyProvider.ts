import type { CustomerReference } from '../../domain/identifiers.ts';

/**
 * A customer's key, of 32 bytes, and the id that what is encrypted under it names it by. Where a key was lost and another was
 * made, that has another id.
 */
export type CustomerKey = { readonly keyId: string; readonly key: Uint8Array };

/** What there is of a customer's key: the key; that it does not open now, and why; or that it was destroyed. */
export type KeyFound =
  | ({ readonly status: 'readable' } & CustomerKey)
  | { readonly status: 'unreadable'; readonly error: unknown }
  | { readonly status: 'destroyed' };

/**
 * The keys of a trail's customers, one each. A key that was destroyed is gone for good, and its customer never gets another,
 * for as long as it is kept that there was one. Whoever asks gets what holds at that moment: nothing is remembered. All
 * methods throw a store's errors (`STORE_…`), after which the same call may be made again.
 */
export interface KeyProvider {
  /** The trail whose customers they are. */
  readonly trail: string;

  /**
   * The customer's key, made where there was none; null where it was destroyed. Of any number of calls at once one makes it.
   * Durable before it resolves. Throws `KEY_UNREADABLE` too.
   */
  obtain(customer: CustomerReference['id']): Promise<CustomerKey | null>;

  /** What there is of the keys of these customers, each by itself: one that does not open hides no other. Makes none. */
  read(customers: readonly CustomerReference['id'][]): Promise<ReadonlyMap<string, KeyFound>>;

  /** Destroys the customer's key, durably before it resolves; also that of one who had none. Again: changes nothing. */
  destroy(customer: CustomerReference['id']): Promise<void>;
}
