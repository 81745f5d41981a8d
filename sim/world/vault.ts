import { InMemoryKeyProvider } from '../../src/adapters/memory/inMemoryKeyProvider.ts';
import { aesFieldCipher } from '../../src/adapters/privacy/aesFieldCipher.ts';
import { PaymentMethodsError } from '../../src/application/errors.ts';
import type { EventStore, RecordedEvent } from '../../src/application/ports/eventStore.ts';
import type { CustomerKey, KeyFound, KeyProvider } from '../../src/application/ports/keyProvider.ts';
import { EncryptingEventStore } from '../../src/application/privacy/encryptingEventStore.ts';
import type { EncryptionLog } from '../checker/logs.ts';
import { unavailable } from './databaseWords.ts';

/** The customers' keys, which all processes share: in a place of their own, which is away now and then, as is what wraps them. */
export class Vault implements KeyProvider {
  readonly trail = 'default';
  /** when a customer's key was made, or destroyed before there was one; in unix milliseconds */
  readonly settledAt = new Map<string, number>();
  /** `locked`: no key opens; `away`: nothing is answered; until then, in unix milliseconds */
  outage: { readonly sort: 'locked' | 'away'; readonly until: number } = { sort: 'away', until: 0 };
  readonly #now: () => number;
  readonly #keys = new InMemoryKeyProvider();
  #isHealed = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** From now on every key opens. */
  heal(): void {
    this.#isHealed = true;
  }

  async obtain(customer: string): Promise<CustomerKey | null> {
    const found = (await this.read([customer])).get(customer);
    if (found?.status === 'unreadable' || (found === undefined && this.#isOut('locked'))) throw keyUnreadable();
    this.#settle(customer);
    return this.#keys.obtain(customer);
  }

  async read(customers: readonly string[]): Promise<ReadonlyMap<string, KeyFound>> {
    this.#checkHere();
    const found = await this.#keys.read(customers);
    if (!this.#isOut('locked')) return found;
    const locked = { status: 'unreadable', error: keyUnreadable() } as const;
    return new Map([...found].map(([id, key]) => [id, key.status === 'destroyed' ? key : locked]));
  }

  async destroy(customer: string): Promise<void> {
    this.#checkHere();
    this.#settle(customer);
    await this.#keys.destroy(customer);
  }

  #settle(customer: string): void {
    if (!this.settledAt.has(customer)) this.settledAt.set(customer, this.#now());
  }

  #checkHere(): void {
    if (this.#isOut('away')) throw unavailable('the keys were not reached');
  }

  #isOut(sort: Vault['outage']['sort']): boolean {
    return !this.#isHealed && this.outage.sort === sort && this.#now() < this.outage.until;
  }
}

/** The store with all that can be encrypted encrypted. */
export function encrypting(eventStore: EventStore, keys: KeyProvider): EventStore {
  const encrypts = ['billingDetails', 'card', 'fingerprint'] as const;
  return new EncryptingEventStore({ eventStore, keys, cipher: aesFieldCipher, encrypts });
}

/** What the checker is told of a trail that is encrypted. */
export async function encryptionLogOf(store: EventStore, vault: Vault): Promise<EncryptionLog> {
  const opened: RecordedEvent[] = [];
  for await (const event of encrypting(store, vault).readTrail()) opened.push(event);
  return { opened, settledSince: (customer) => vault.settledAt.get(customer) ?? Infinity };
}

function keyUnreadable(): PaymentMethodsError {
  return new PaymentMethodsError('KEY_UNREADABLE', 'The service that wraps the keys is away. Ask again.');
}
