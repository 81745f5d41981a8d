import type { CustomerReference } from '../../domain/identifiers.ts';
import { PaymentMethodsError } from '../errors.ts';
import type {
  AppendResult,
  EventStore,
  NewEvent,
  ReadStreamOptions,
  ReadTrailOptions,
  RecordedEvent,
  StreamAppend,
  TrailHead,
} from '../ports/eventStore.ts';
import type { FieldCipher } from '../ports/fieldCipher.ts';
import type { KeyProvider } from '../ports/keyProvider.ts';
import { batches } from '../reading/batches.ts';
import { checkAppend } from '../trail/checkAppend.ts';
import { customerNamedIn, decryptUnits, encryptUnits, mayHoldEncrypted } from './encryptedField.ts';
import type { EncryptedGroup } from './fieldPolicy.ts';
import { encryptedUnits } from './fieldPolicy.ts';
import type { PersonalUnit } from './personalUnits.ts';
import { personalUnits } from './personalUnits.ts';

/** The store that is encrypted, and what encrypts which fields by whose keys. */
export type EncryptingEventStoreParts = {
  /** where the events are kept: it sees ciphertext alone */
  readonly eventStore: EventStore;
  /** the keys of the same trail's customers */
  readonly keys: KeyProvider;
  readonly cipher: FieldCipher;
  /** which personal fields it encrypts: those of `fieldPolicy` with this group */
  readonly encrypts: readonly EncryptedGroup[];
};

/** The customer whose key opens an event, and the event. */
type Locked = { readonly event: RecordedEvent; readonly customer: CustomerReference['id'] | null };

/** So many events of a trail are read before the keys of their customers are asked for. */
const batchSize = 500;

/**
 * An event store whose trail holds personal fields only encrypted, each customer's under a key of its own. Events come back
 * as they are stored, so that they verify, and `open` what they say to whoever decodes them. The keys are asked for after
 * the events were read, each time: once a key is destroyed, nobody who reads from then on opens anything with it. An event
 * that names no customer, or one who was forgotten, is recorded with `redacted` in its personal fields.
 */
export class EncryptingEventStore implements EventStore {
  readonly encrypts: readonly EncryptedGroup[];
  readonly #store: EventStore;
  readonly #keys: KeyProvider;
  readonly #cipher: FieldCipher;
  readonly #appending = new Set<Promise<unknown>>();
  #closed = false;

  /** Throws `INVALID_OPTIONS`. */
  constructor({ eventStore, keys, cipher, encrypts }: EncryptingEventStoreParts) {
    this.encrypts = checkGroups(encrypts);
    this.#store = eventStore;
    this.#keys = keys;
    this.#cipher = cipher;
  }

  /** As the store's own, with the keys' errors before anything is written. A repeat may hold other ciphertexts: what was recorded first stays. */
  async append(appends: readonly StreamAppend[]): Promise<AppendResult> {
    checkAppend(appends);
    const result = await (this.#isPersonal(appends) ? this.#appendEncrypted(appends) : this.#store.append(appends));
    if (result.result === 'appended') return result;
    const conflicts = [];
    for (const conflict of result.conflicts) {
      conflicts.push({ ...conflict, missed: await this.#withKeys(conflict.missed) });
    }
    return { result: 'conflict', conflicts };
  }

  async readStream(stream: string, options?: ReadStreamOptions): Promise<readonly RecordedEvent[]> {
    return this.#withKeys(await this.#store.readStream(stream, options));
  }

  async *readTrail(options?: ReadTrailOptions): AsyncGenerator<RecordedEvent, void, undefined> {
    for await (const batch of batches(this.#store.readTrail(options), batchSize)) yield* await this.#withKeys(batch);
  }

  readHead(): Promise<TrailHead> {
    return this.#store.readHead();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#appending);
    await this.#store.close();
  }

  #isPersonal(appends: readonly StreamAppend[]): boolean {
    return appends.some(({ events }) => events.some(({ type }) => this.#unitsOf(type).length > 0));
  }

  /** With a copy of what was given: it is the caller's again while the keys are asked for. */
  async #appendEncrypted(appends: readonly StreamAppend[]): Promise<AppendResult> {
    if (this.#closed) throw new PaymentMethodsError('STORE_CLOSED', 'The event store is closed. Make a new one.');
    const copies = appends.map((append) => ({ ...append, events: append.events.map((event) => ({ ...event })) }));
    const appending = this.#encrypted(copies).then((encrypted) => this.#store.append(encrypted));
    this.#appending.add(appending);
    try {
      return await appending;
    } finally {
      this.#appending.delete(appending);
    }
  }

  async #encrypted(appends: readonly StreamAppend[]): Promise<readonly StreamAppend[]> {
    const keys = new Map<string, Uint8Array | null>();
    const encrypted: StreamAppend[] = [];
    for (const append of appends) {
      const events: NewEvent[] = [];
      for (const event of append.events) events.push(await this.#encryptedEvent(append.stream, event, keys));
      encrypted.push({ ...append, events });
    }
    return encrypted;
  }

  async #encryptedEvent(stream: string, event: NewEvent, keys: Map<string, Uint8Array | null>): Promise<NewEvent> {
    const units = this.#unitsOf(event.type);
    if (units.length === 0) return event;
    const data: unknown = JSON.parse(event.data);
    const customer = customerNamedIn(data);
    if (customer !== null && !keys.has(customer)) keys.set(customer, await this.#keys.obtain(asCustomer(customer)));
    const key = customer === null ? null : (keys.get(customer) ?? null);
    const place = { trail: this.#keys.trail, stream, eventId: event.eventId, customer: customer ?? '' };
    return { ...event, data: JSON.stringify(encryptUnits(data, units, key, place, this.#cipher)) };
  }

  #unitsOf(type: string): readonly PersonalUnit[] {
    return personalUnits(type).filter(({ group }) => this.encrypts.includes(group));
  }

  async #withKeys(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> {
    const locked = events.map((event): Locked => ({ event, customer: customerOfLocked(event) }));
    const customers = new Set(locked.flatMap(({ customer }) => (customer === null ? [] : [customer])));
    if (customers.size === 0) return events;
    const keys = await this.#keys.read([...customers]);
    return locked.map(({ event, customer }) => {
      const key = customer === null ? undefined : keys.get(customer);
      if (key === undefined) return event;
      return { ...event, open: () => decryptUnits(event, personalUnits(event.type), key, this.#cipher) };
    });
  }
}

function customerOfLocked(event: RecordedEvent): CustomerReference['id'] | null {
  if (personalUnits(event.type).length === 0 || !mayHoldEncrypted(event.data)) return null;
  const customer = customerNamedIn(JSON.parse(event.data));
  return customer === null ? null : asCustomer(customer);
}

/** What was recorded passed the schema of its type. */
function asCustomer(id: string): CustomerReference['id'] {
  return id as CustomerReference['id'];
}

function checkGroups(groups: readonly EncryptedGroup[]): readonly EncryptedGroup[] {
  const known = Object.keys(encryptedUnits);
  if (groups.length > 0 && groups.every((group) => known.includes(group))) return [...groups];
  throw new PaymentMethodsError('INVALID_OPTIONS', `encrypts must name one or more of ${known.join(', ')}.`);
}
