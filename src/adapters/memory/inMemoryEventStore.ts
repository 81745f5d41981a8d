import { createHash } from 'node:crypto';
import { checkAppend } from '../../application/trail/checkAppend.ts';
import { PaymentMethodsError } from '../../application/errors.ts';
import { genesisHash, hashInput } from '../../application/trail/hashInput.ts';
import type {
  AppendResult,
  EventStore,
  ExpectedVersion,
  ReadStreamOptions,
  ReadTrailOptions,
  RecordedEvent,
  StreamAppend,
  TrailHead,
} from '../../application/ports/eventStore.ts';

/** The store's trail, and the clock that `recordedAt` comes from. */
export type InMemoryEventStoreOptions = {
  /** `default` if absent */
  readonly trail?: string | undefined;
  /** the store's clock, in unix milliseconds */
  readonly now?: (() => number) | undefined;
};

/** The whole promise of an event store, for as long as the process lives: for tests, and for trying things out. */
export class InMemoryEventStore implements EventStore {
  readonly trail: string;
  readonly #now: () => number;
  readonly #events: RecordedEvent[] = [];
  readonly #streams = new Map<string, RecordedEvent[]>();
  #closed = false;

  constructor({ trail = 'default', now = Date.now }: InMemoryEventStoreOptions = {}) {
    this.trail = trail;
    this.#now = now;
  }

  async append(appends: readonly StreamAppend[]): Promise<AppendResult> {
    if (this.#closed) throw new PaymentMethodsError('STORE_CLOSED', 'The event store is closed. Make a new one.');
    checkAppend(appends);
    const missing = appends.filter((append) => !this.#isRepeated(append));
    const conflicts = missing.filter(
      (append) => this.#isOther(append) || !isExpected(append.expectedVersion, this.#read(append.stream).length),
    );
    if (conflicts.length > 0) {
      return {
        result: 'conflict',
        conflicts: conflicts.map((append) => {
          const { stream, expectedVersion } = append;
          const recorded = this.#read(stream);
          const seen = typeof expectedVersion === 'number' && !this.#isOther(append) ? expectedVersion : 0;
          return { stream, expectedVersion, currentVersion: recorded.length, missed: recorded.slice(seen) };
        }),
      };
    }
    for (const append of missing) this.#write(append);
    return {
      result: 'appended',
      streams: appends.map(({ stream, events }) => {
        const last = this.#read(stream).find(({ eventId }) => eventId === events.at(-1)?.eventId);
        return { stream, version: last?.version ?? 0, position: last?.position ?? 0 };
      }),
    };
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    const { upToVersion = Infinity, upToPosition = Infinity } = options;
    return this.#read(stream).filter(({ version, position }) => version <= upToVersion && position <= upToPosition);
  }

  async *readTrail({ after = 0, upTo }: ReadTrailOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    yield* this.#events.slice(Math.max(0, after), upTo === undefined ? undefined : Math.max(0, upTo));
  }

  async readHead(): Promise<TrailHead> {
    const last = this.#events.at(-1);
    return { position: last?.position ?? 0, hash: last?.hash ?? genesisHash };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #read(stream: string): readonly RecordedEvent[] {
    return this.#streams.get(stream) ?? [];
  }

  /** True where another event stands at the expected version than the caller saw, or none. */
  #isOther({ stream, expectedVersion, lastEventId }: StreamAppend): boolean {
    if (lastEventId === undefined || typeof expectedVersion !== 'number') return false;
    return this.#read(stream)[expectedVersion - 1]?.eventId !== lastEventId;
  }

  /** By the last event's id, where it would stand; anywhere in the stream when the caller named no version. */
  #isRepeated({ stream, events, expectedVersion }: StreamAppend): boolean {
    const last = events.at(-1)?.eventId;
    const recorded = this.#read(stream);
    if (typeof expectedVersion !== 'number' && expectedVersion !== 'noStream') {
      return recorded.some(({ eventId }) => eventId === last);
    }
    const seen = expectedVersion === 'noStream' ? 0 : expectedVersion;
    return recorded[seen + events.length - 1]?.eventId === last;
  }

  #write({ stream, events }: StreamAppend): void {
    const recorded = [...this.#read(stream)];
    for (const event of events) {
      const unhashed = {
        ...event,
        trail: this.trail,
        position: this.#events.length + 1,
        stream,
        version: recorded.length + 1,
        recordedAt: new Date(this.#now()).toISOString().replace('Z', '000Z'),
      };
      const hash = createHash('sha256')
        .update(this.#events.at(-1)?.hash ?? genesisHash, 'hex')
        .update(hashInput(unhashed), 'utf8')
        .digest('hex');
      this.#events.push({ ...unhashed, hash });
      recorded.push({ ...unhashed, hash });
    }
    this.#streams.set(stream, recorded);
  }
}

function isExpected(expected: ExpectedVersion, version: number): boolean {
  switch (expected) {
    case 'any':
      return true;
    case 'noStream':
      return version === 0;
    case 'streamExists':
      return version > 0;
    default:
      return expected === version;
  }
}
