import type { CustomerReference } from '../../domain/identifiers.ts';
import { customerStreamName } from '../events/streams.ts';
import type { EventStore, RecordedEvent } from '../ports/eventStore.ts';
import type { CustomerKey, KeyFound, KeyProvider } from '../ports/keyProvider.ts';
import { mayHoldEncrypted } from './ciphertexts.ts';
import { customerNamedIn } from './encryptedField.ts';

type Id = CustomerReference['id'];

/**
 * The key that what is recorded of a customer is encrypted under, made where there is none; null where the customer was
 * forgotten: also where only the trail still says so, because the keys were lost. Throws where there is one that does not open.
 */
export async function keyToRecord(keys: KeyProvider, store: EventStore, customer: Id): Promise<CustomerKey | null> {
  const found = (await keys.read([customer])).get(customer);
  switch (found?.status) {
    case 'readable':
      return found;
    case 'destroyed':
      return null;
    case 'unreadable':
      throw found.error;
    case undefined:
      return makeKey(keys, store, customer);
  }
}

async function makeKey(keys: KeyProvider, store: EventStore, customer: Id): Promise<CustomerKey | null> {
  const ownEvents = await store.readStream(customerStreamName(customer));
  if (!ownEvents.some(({ type }) => type === 'CustomerForgotten')) return keys.obtain(customer);
  await keys.destroy(customer);
  return null;
}

/** What there is of the keys to these events. Never throws: where they cannot be asked for, each says why. */
export async function keysTo(keys: KeyProvider, events: readonly RecordedEvent[]): Promise<(KeyFound | undefined)[]> {
  const customers = events.map(customerOfLocked);
  const named = [...new Set(customers.filter((customer) => customer !== null))];
  if (named.length === 0) return [];
  const found = await keys.read(named).catch((error: unknown): KeyFound => ({ status: 'unreadable', error }));
  return customers.map((customer) => {
    if (customer === null) return undefined;
    return 'status' in found ? found : found.get(customer);
  });
}

function customerOfLocked({ data }: RecordedEvent): Id | null {
  if (!mayHoldEncrypted(data)) return null;
  // What was recorded passed the schema of its type.
  return customerNamedIn(JSON.parse(data)) as Id | null;
}
