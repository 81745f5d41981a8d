import type { TrailRecord } from '../events/eventCodec.ts';
import { decodeEvent } from '../events/eventCodec.ts';
import type { TrailEvent } from '../events/eventTypes.ts';
import type { EventStore, RecordedEvent } from '../ports/eventStore.ts';
import { CustomerEvents } from './customerEvents.ts';
import type { Place, ReadOptions } from './readCommand.ts';
import { parseRead } from './readCommand.ts';

/** The part of an event store that reading takes. */
export type TrailSource = Pick<EventStore, 'readTrail' | 'readStream' | 'readHead'>;

/** An event of one of these types, as it was recorded, decoded and brought to its newest version. */
export type RecordOf<Type extends TrailEvent['type']> = TrailRecord<Extract<TrailEvent, { readonly type: Type }>>;

type Asked = ReturnType<typeof parseRead>;
type Range = { readonly after: number; readonly upTo: number };

/** A trail as the domain knows it: reads what was recorded, decoded and in its newest shape. Writes nothing. */
export class Trail {
  readonly #store: TrailSource;

  constructor({ eventStore }: { readonly eventStore: TrailSource }) {
    this.#store = eventStore;
  }

  /**
   * The events asked for, in the order of the trail, up to its head at the time of reading, in constant memory. None is
   * skipped, doubled or reordered. Throws `INVALID_COMMAND` before any I/O, `EVENT_INVALID` at an event that cannot be
   * read (one that is not asked for harms nobody), a store's error, and the signal's reason.
   *
   * A customer's events are found by reading the trail from its beginning; a stream's are read at once.
   */
  read<Type extends TrailEvent['type'] = TrailEvent['type']>({
    signal,
    ...options
  }: ReadOptions<Type> = {}): AsyncGenerator<RecordOf<Type>, void, undefined> {
    const records = this.#records(parseRead(options), signal);
    // Only events of these types are let through.
    return records as AsyncGenerator<RecordOf<Type>, void, undefined>;
  }

  /**
   * The position of the last event recorded up to an instant; 0 if there is none. Takes the store's clock to run
   * forwards; where it once stepped back, events around the step count as before or after it together.
   */
  async positionAt(instant: Date): Promise<number> {
    let [isBefore, isAfter] = [0, (await this.#store.readHead()).position + 1];
    while (isAfter - isBefore > 1) {
      const middle = Math.floor((isBefore + isAfter) / 2);
      if (await this.#isRecordedBy(instant, middle)) isBefore = middle;
      else isAfter = middle;
    }
    return isBefore;
  }

  async *#records(asked: Asked, signal: AbortSignal | undefined): AsyncGenerator<TrailRecord, void, undefined> {
    signal?.throwIfAborted();
    const range = await this.#rangeOf(asked);
    const types = asked.types === undefined ? null : new Set<string>(asked.types);
    const customers = asked.customer === undefined ? null : new CustomerEvents(asked.customer);
    for await (const recorded of this.#source(asked, range)) {
      signal?.throwIfAborted();
      const mine = customers?.take(recorded);
      if (mine === null || recorded.position <= range.after || types?.has(recorded.type) === false) continue;
      yield mine ?? decodeEvent(recorded);
    }
  }

  async #rangeOf({ after = 0, upTo = Number.MAX_SAFE_INTEGER }: Asked): Promise<Range> {
    return { after: await this.#positionOf(after), upTo: await this.#positionOf(upTo) };
  }

  #positionOf(place: Place): Promise<number> | number {
    return typeof place === 'number' ? place : this.positionAt(place);
  }

  #source({ stream, customer }: Asked, { after, upTo }: Range): AsyncIterable<RecordedEvent> {
    if (stream !== undefined) return this.#streamEvents(stream, upTo);
    return this.#store.readTrail({ after: customer === undefined ? after : 0, upTo });
  }

  async *#streamEvents(stream: string, upTo: number): AsyncGenerator<RecordedEvent, void, undefined> {
    yield* await this.#store.readStream(stream, { upToPosition: upTo });
  }

  async #isRecordedBy(instant: Date, position: number): Promise<boolean> {
    for await (const { recordedAt } of this.#store.readTrail({ after: position - 1, upTo: position })) {
      return Date.parse(recordedAt) <= instant.getTime();
    }
    return false;
  }
}
