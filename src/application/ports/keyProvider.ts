import type { CustomerReference } from '../../domain/identifiers.ts';

/**
 * The keys of a trail's customers, one each, of 32 bytes. A key that was destroyed is gone for good, and its customer never
 * gets another. Whoever asks gets what holds at that moment: nothing is remembered. All methods throw a store's errors
 * (`STORE_…`), after which the same call may be made again, and `KEY_UNREADABLE`.
 */
export interface KeyProvider {
  /** The trail whose customers they are. */
  readonly trail: string;

  /** The customer's key, made where there was none; null where it was destroyed. Of any number of calls at once one makes it. */
  obtain(customer: CustomerReference['id']): Promise<Uint8Array | null>;

  /** The keys there are of these customers; makes none. */
  read(customers: readonly CustomerReference['id'][]): Promise<ReadonlyMap<string, Uint8Array>>;

  /** Destroys the customer's key, durably before it resolves; also that of one who had none. Again: changes nothing. */
  destroy(customer: CustomerReference['id']): Promise<void>;
}
