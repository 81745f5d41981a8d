import { isPaymentMethodsError, PaymentMethodsError } from '../../../application/errors.ts';
import type { ReadTrailOptions, RecordedEvent } from '../../../application/ports/eventStore.ts';
import { checkPool, checkTrail, defaultSchema, quoteSchema } from '../options.ts';
import { NotSent, toStoreError } from '../postgresErrors.ts';
import { runStatement } from '../statements.ts';
import { copiedColumns, readCopiedEvent } from './copiedEvent.ts';
import type { PgCopyConnection } from './copyOut.ts';
import { CopyOut } from './copyOut.ts';
import { EventBatches } from './eventBatches.ts';

/** Which trail is replayed, and over which connections. */
export type PostgresReplayOptions = {
  /** A `pg.Pool`. Each range that is read holds one connection of it, until all of it is read. */
  readonly pool: { connect(): Promise<PgCopyConnection> };
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
  /** `default` if absent */
  readonly trail?: string | undefined;
};

/** What of the trail is replayed, and in how many parts at once. */
export type ReplayOptions = ReadTrailOptions & {
  /** in how many parts the trail is read at once, each in its own order, by a connection of its own; 1 if absent */
  readonly ranges?: number | undefined;
  /** gives up: the call rejects with the signal's reason */
  readonly signal?: AbortSignal | undefined;
};

const maxRanges = 16;
const deadlineMs = 15_000;

/**
 * Reads a trail by COPY, twice as fast as page by page, in constant memory: for replays of much of it. What it reads is
 * what `readTrail` of the event store reads, with fields that are made when they are looked at. Unlike that, it holds its
 * connections until the end, and begins with position 1: it is not for verifying.
 */
export class PostgresReplay {
  readonly #pool: PostgresReplayOptions['pool'];
  readonly #schema: string;
  readonly #trail: string;
  readonly #quoted: string;

  /** Throws `INVALID_OPTIONS`. */
  constructor({ pool, schema = defaultSchema, trail = 'default' }: PostgresReplayOptions) {
    checkPool(pool);
    this.#pool = pool;
    this.#schema = schema;
    this.#trail = checkTrail(trail);
    this.#quoted = quoteSchema(schema);
  }

  /**
   * Hands every event to `onEvent`, with the number of its range, as fast as it comes. Within a range events come in the
   * order of the trail, and one range is wholly before the next; of different ranges they come as they come. Answers how
   * many there were. Throws what `onEvent` throws, the signal's reason, a store's error, and `INVALID_OPTIONS`.
   */
  async replay(
    { after, upTo, ranges = 1, signal }: ReplayOptions,
    onEvent: (event: RecordedEvent, range: number) => void,
  ): Promise<{ readonly events: number }> {
    if (!Number.isInteger(ranges) || ranges < 1 || ranges > maxRanges) {
      throw new PaymentMethodsError('INVALID_OPTIONS', `ranges must be 1 to ${maxRanges}; it is ${ranges}.`);
    }
    signal?.throwIfAborted();
    let events = 0;
    const bounds = split(positionOf(after), ranges === 1 ? upTo : (upTo ?? (await this.#readHead())), ranges);
    const stop = new AbortController();
    const giveUp = () => stop.abort(signal?.reason);
    signal?.addEventListener('abort', giveUp, { once: true });
    const readRange = async ({ from, to }: Bounds, range: number) => {
      const copy = new CopyOut(this.#textOf(from, to), (message) => {
        const event = readCopiedEvent(this.#trail, message);
        if (event === null) return;
        events += 1;
        onEvent(event, range);
      });
      await this.#run(copy, stop.signal);
    };
    try {
      // One that fails stops the others, and its error is the one that is told.
      const running = bounds.map((bound, range) =>
        readRange(bound, range).catch((error: unknown) => {
          stop.abort(error);
          throw error;
        }),
      );
      await Promise.allSettled(running);
      await Promise.all(running);
      return { events };
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** The trail's events in order, for whoever takes an event store's `readTrail`. The server waits while nobody takes any. */
  async *readTrail({ after, upTo }: ReadTrailOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    const batches = new EventBatches();
    const copy: CopyOut = new CopyOut(this.#textOf(positionOf(after), upTo), (message) => {
      const event = readCopiedEvent(this.#trail, message);
      if (event !== null && batches.push(event)) copy.pause();
    });
    const stop = new AbortController();
    const running = this.#run(copy, stop.signal).then(
      () => batches.end(),
      (error: unknown) => batches.fail(asError(error)),
    );
    try {
      for (let batch = await batches.take(); batch !== null; batch = await batches.take()) {
        copy.resume();
        yield* batch;
      }
    } finally {
      stop.abort(new Error('the reader ended early'));
      await running;
    }
  }

  /** Runs a copy on a connection of the pool; a connection that it was not read to its end on is discarded. */
  async #run(copy: CopyOut, signal: AbortSignal): Promise<void> {
    const connection = await this.#pool.connect().catch((error: unknown) => {
      throw toStoreError(new NotSent(error), this.#schema, false);
    });
    const ignore = () => {};
    connection.on('error', ignore);
    try {
      signal.throwIfAborted();
      connection.query(copy);
      if (!copy.isSubmitted) throw notPg();
      await Promise.race([copy.done, whenAborted(signal)]);
      connection.off('error', ignore);
      connection.release();
    } catch (error) {
      copy.resume();
      connection.release(asError(error));
      const isOurs = copy.hasThrown || signal.aborted || isPaymentMethodsError(error);
      throw isOurs ? error : toStoreError(error, this.#schema, false);
    }
  }

  async #readHead(): Promise<number> {
    const text = `select t.position::text from ${this.#quoted}.trails t
      where t.trail = $1 order by t.position desc limit 1`;
    const options = { pool: this.#pool, schema: this.#schema, deadlineMs };
    const [row] = await runStatement(options, false, { text, values: [this.#trail] });
    return Number(row?.['position'] ?? 0);
  }

  /** Values cannot be bound to a COPY: positions are numbers, and a trail's name has no quote in it. */
  #textOf(after: number, upTo: number | undefined): string {
    const end = upTo === undefined ? '' : `and position <= ${positionOf(upTo)}`;
    return `copy (select ${copiedColumns} from ${this.#quoted}.events
      where trail = '${this.#trail}' and position > ${after} ${end} order by position) to stdout (format binary)`;
  }
}

type Bounds = { readonly from: number; readonly to: number | undefined };

/** Parts of about one length, one behind the other. */
function split(from: number, to: number | undefined, ranges: number): readonly Bounds[] {
  if (to === undefined) return [{ from, to }];
  const length = Math.max(0, to - from);
  const at = (range: number) => from + Math.round((length * range) / ranges);
  return Array.from({ length: ranges }, (_, range) => ({ from: at(range), to: at(range + 1) }));
}

function positionOf(position = 0): number {
  if (Number.isSafeInteger(position) && position >= 0) return position;
  throw new PaymentMethodsError('INVALID_OPTIONS', `A position must be a whole number from 0; it is ${position}.`);
}

function notPg(): PaymentMethodsError {
  const message =
    'A replay by COPY takes a pool of pg itself: this connection did not take the query. Use readTrail instead.';
  return new PaymentMethodsError('INVALID_OPTIONS', message);
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(asError(signal.reason));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
