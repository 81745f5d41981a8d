import type { CustomerReference } from '../../domain/identifiers.ts';
import { PaymentMethodsError } from '../errors.ts';
import type {
  AppendResult,
  EventStore,
  NewEvent,
  OpeningOptions,
  ReadStreamOptions,
  ReadTrailOptions,
  RecordedEvent,
  StreamAppend,
  TrailHead,
} from '../ports/eventStore.ts';
import type { FieldCipher } from '../ports/fieldCipher.ts';
import type { CustomerKey, KeyFound, KeyProvider } from '../ports/keyProvider.ts';
import { batches } from '../reading/batches.ts';
import { checkAppend } from '../trail/checkAppend.ts';
import { keysTo, keyToRecord } from './customerKeys.ts';
import { customerNamedIn, decryptFields, encryptUnits } from './encryptedField.ts';
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

/** What Stripe is asked to attach behind these, comes back with personal fields to record: their key has to be there before. */
const precedePersonal: readonly string[] = ['AttachmentRequested', 'IdempotencyKeyRenewed'];

/** So many events of a trail are read before the keys of their customers are asked for. */
const batchSize = 500;

/**
 * An event store whose trail holds personal fields only encrypted, each customer's under a key of its own. Events come back
 * as they are stored, so that they verify, and `open` what they say to whoever decodes them. The keys are asked for after
 * the events were read, each time: once a key is destroyed, nobody who reads from then on opens anything with it. A key that
 * is away, or does not open, stops nobody but who opens an event with it. An event that names no customer, or one who was
 * forgotten, is recorded with `redacted` in its personal fields.
 */
export class EncryptingEventStore implements EventStore {
  readonly trail: string;
  readonly encrypts: readonly EncryptedGroup[];
  readonly #store: EventStore;
  readonly #keys: KeyProvider;
  readonly #cipher: FieldCipher;
  readonly #appending = new Set<Promise<unknown>>();
  #isOfTrail: boolean;
  #closed = false;

  /** Throws `INVALID_OPTIONS`. */
  constructor({ eventStore, keys, cipher, encrypts }: EncryptingEventStoreParts) {
    this.encrypts = checkGroups(encrypts);
    this.trail = keys.trail;
    this.#store = eventStore;
    this.#keys = keys;
    this.#cipher = cipher;
    this.#isOfTrail = eventStore.trail !== undefined;
    if (eventStore.trail !== undefined) checkTrail(eventStore.trail, keys);
  }

  /**
   * As the store's own, with the keys' errors before anything is written: also before an attachment is requested, so that
   * Stripe is not asked for what could not be recorded. A repeat may hold other ciphertexts: what was recorded first stays.
   */
  async append(appends: readonly StreamAppend[]): Promise<AppendResult> {
    checkAppend(appends);
    const result = await (this.#needsKeys(appends) ? this.#appendEncrypted(appends) : this.#store.append(appends));
    if (result.result === 'appended') return result;
    const conflicts = [];
    for (const conflict of result.conflicts) {
      conflicts.push({ ...conflict, missed: await this.#withKeys(conflict.missed, {}) });
    }
    return { result: 'conflict', conflicts };
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    return this.#withKeys(await this.#store.readStream(stream, options), options);
  }

  async *readTrail(options: ReadTrailOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    for await (const batch of batches(this.#store.readTrail(options), batchSize)) {
      yield* await this.#withKeys(batch, options);
    }
  }

  readHead(): Promise<TrailHead> {
    return this.#store.readHead();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#appending);
    await this.#store.close();
  }

  #needsKeys(appends: readonly StreamAppend[]): boolean {
    return appends.some(({ events }) => events.some(({ type }) => this.#needsKey(type)));
  }

  #needsKey(type: string): boolean {
    return precedePersonal.includes(type) || this.#unitsOf(type).length > 0;
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
    await this.#checkFirstEvent();
    const keys = new Map<string, CustomerKey | null>();
    const encrypted: StreamAppend[] = [];
    for (const append of appends) {
      const events: NewEvent[] = [];
      for (const event of append.events) events.push(await this.#encryptedEvent(append.stream, event, keys));
      encrypted.push({ ...append, events });
    }
    return encrypted;
  }

  async #encryptedEvent(stream: string, event: NewEvent, keys: Map<string, CustomerKey | null>): Promise<NewEvent> {
    if (!this.#needsKey(event.type)) return event;
    const customer = customerNamedIn(JSON.parse(event.data));
    if (customer !== null && !keys.has(customer)) {
      keys.set(customer, await keyToRecord(this.#keys, this.#store, asCustomer(customer)));
    }
    const key = customer === null ? null : (keys.get(customer) ?? null);
    return encryptUnits(event, this.#unitsOf(event.type), key, { trail: this.trail, stream }, this.#cipher);
  }

  #unitsOf(type: string): readonly PersonalUnit[] {
    return personalUnits(type).filter(({ group }) => this.encrypts.includes(group));
  }

  /** Of a store that does not say which trail it is of, the first event does. */
  async #checkFirstEvent(): Promise<void> {
    if (this.#isOfTrail) return;
    for await (const { trail } of this.#store.readTrail({ upTo: 1 })) {
      checkTrail(trail, this.#keys);
      this.#isOfTrail = true;
    }
  }

  async #withKeys(events: readonly RecordedEvent[], { opens }: OpeningOptions): Promise<readonly RecordedEvent[]> {
    const opened = opens === undefined ? events : events.filter(opens);
    const keys = await keysTo(this.#keys, opened);
    if (keys.length === 0) return events;
    const found = new Map(opened.map((event, index) => [event, keys[index]]));
    return events.map((event) => {
      const key = found.get(event);
      if (key === undefined || key.status === 'destroyed') return event;
      return { ...event, open: () => this.#open(event, key) };
    });
  }

  #open(event: RecordedEvent, key: Exclude<KeyFound, { status: 'destroyed' }>): string {
    if (key.status === 'unreadable') throw key.error;
    return decryptFields(event, key, this.#cipher);
  }
}

/** What is recorded passed the schema of its type. */
function asCustomer(id: string): CustomerReference['id'] {
  return id as CustomerReference['id'];
}

function checkTrail(actual: string, { trail: expected }: KeyProvider): void {
  if (actual === expected) return;
  throw new PaymentMethodsError(
    'INVALID_OPTIONS',
    `The event store is of trail ${actual} and the keys are of trail ${expected}: nothing recorded under them could be read. Name one trail to both.`,
    { details: { expected, actual } },
  );
}

function checkGroups(groups: readonly EncryptedGroup[]): readonly EncryptedGroup[] {
  const known = Object.keys(encryptedUnits);
  if (groups.length > 0 && groups.every((group) => known.includes(group))) return [...groups];
  throw new PaymentMethodsError('INVALID_OPTIONS', `encrypts must name one or more of ${known.join(', ')}.`);
}
