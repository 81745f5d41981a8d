import { checkAppend } from '../../application/trail/checkAppend.ts';
import { isPaymentMethodsError, PaymentMethodsError } from '../../application/errors.ts';
import { parseLine, toLine } from '../../application/trail/exportTrail.ts';
import type { RecordedEvent } from '../../application/ports/eventStore.ts';
import { onConnection, runQuery } from './connection.ts';
import { checkPool, checkTrail, defaultSchema, quoteSchema } from './options.ts';
import type { PgPool, PgRow } from './pool.ts';
import { retrying } from './retry.ts';

export type ImportTrailOptions = {
  /** Connects as the role that owns the tables; one that may only append is refused. */
  readonly pool: PgPool;
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
  /** The trail the lines were exported from; `default` if absent. A trail keeps its name: it is in every hash. */
  readonly trail?: string | undefined;
  /** What `exportTrail` answers, in its order; line feeds at their ends and empty lines do no harm. */
  readonly lines: AsyncIterable<string> | Iterable<string>;
  /** called after every batch, when it is durable */
  readonly onProgress?: ((progress: ImportResult) => void) | undefined;
  /** gives up between two batches: the call rejects with the signal's reason */
  readonly signal?: AbortSignal | undefined;
};

export type ImportResult = {
  /** how many lines were taken, those that the trail had already among them */
  readonly lines: number;
  /** the trail's head */
  readonly position: number;
};

/** What is wrong with a line: the `details.problem` of `IMPORT_REFUSED`. */
export type ImportProblem =
  /** not an event as `exportTrail` writes it, or one that no store would have taken */
  | 'lineInvalid'
  | 'trailMismatch'
  | 'positionOutOfOrder'
  | 'versionOutOfOrder'
  | 'hashMismatch'
  /** the trail has another event there already */
  | 'eventDiffers';

const maxBatchLines = 1000;
const maxBatchCharacters = 4 * 1024 * 1024;
const deadlineMs = 60_000;

/**
 * Puts exported events back into a trail that is empty, or that ends earlier, exactly as they were. The database recomputes
 * the chain, one transaction for each batch of up to 1,000 lines, and passes over events that it has already, so that an
 * import that was broken off is simply run again. Throws `IMPORT_REFUSED` at the first line that does not fit, with
 * `details.problem` (an `ImportProblem`) and `details.position`; all before it is in the trail then. Throws also
 * `STORE_UNAVAILABLE`, `STORE_COMMIT_UNKNOWN`, `STORE_SCHEMA_MISSING`, `STORE_REFUSED` and `INVALID_OPTIONS`.
 */
export async function importTrail(options: ImportTrailOptions): Promise<ImportResult> {
  const { pool, schema = defaultSchema, trail = 'default', lines, onProgress, signal } = options;
  const text = `select head::text, refused::text, problem, expected, actual from ${quoteSchema(schema)}.import_events($1, $2, $3)`;
  checkPool(pool);
  checkTrail(trail);
  let taken = 0;
  let position = 0;
  for await (const { events, invalid } of batches(lines)) {
    signal?.throwIfAborted();
    const exported = `[${events.map(toLine).join(',')}]`;
    const [row = {}] = await retrying({ schema, writes: true, deadlineMs }, (limitMs) =>
      onConnection(pool, limitMs, (connection) =>
        runQuery(connection, { text, values: [trail, exported, Math.ceil(limitMs)] }),
      ),
    );
    position = Number(row['head']);
    if (typeof row['problem'] === 'string') throw refused(trail, row);
    if (invalid !== undefined) throw invalidLine(trail, position, invalid);
    taken += events.length;
    onProgress?.({ lines: taken, position });
  }
  return { lines: taken, position };
}

type InvalidLine = { readonly line: number; readonly reason: string };

type Batch = { readonly events: readonly RecordedEvent[]; readonly invalid?: InvalidLine };

/** Up to the first line that no database need see; there is a batch, be it empty, so that the head is asked for. */
async function* batches(lines: ImportTrailOptions['lines']): AsyncGenerator<Batch, void, undefined> {
  let events: RecordedEvent[] = [];
  let characters = 0;
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    const event = readLine(text);
    if ('reason' in event) return yield { events, invalid: { line, reason: event.reason } };
    events.push(event);
    characters += text.length;
    if (events.length < maxBatchLines && characters < maxBatchCharacters) continue;
    yield { events };
    events = [];
    characters = 0;
  }
  yield { events };
}

/** The event of a line, as a store would have taken it: what is left to find is whether it fits the trail. */
function readLine(text: string): RecordedEvent | { readonly reason: string } {
  const event = parseLine(text);
  if (event === undefined) return { reason: 'it is not an event as exportTrail writes it' };
  if (!isInstant(event.recordedAt)) return { reason: `recordedAt is ${event.recordedAt.slice(0, 40)}` };
  try {
    checkAppend([{ stream: event.stream, expectedVersion: 'any', events: [event] }]);
    return event;
  } catch (error) {
    if (isPaymentMethodsError(error, 'EVENT_INVALID')) return { reason: error.message };
    throw error;
  }
}

/** RFC 3339 in UTC with microseconds, of a day and time that exist. */
function isInstant(text: string): boolean {
  if (!/^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text)) return false;
  const milliseconds = `${text.slice(0, 23)}Z`;
  const date = new Date(milliseconds);
  return !Number.isNaN(date.getTime()) && date.toISOString() === milliseconds;
}

function refused(trail: string, { head, refused: position, problem, expected, actual }: PgRow): PaymentMethodsError {
  const details = {
    trail,
    problem: problem ?? '',
    position: Number(position),
    expected: expected ?? '',
    actual: actual ?? '',
  };
  return new PaymentMethodsError(
    'IMPORT_REFUSED',
    `Trail ${trail} does not take position ${position}: ${problem}; expected ${expected}, found ${actual}. It ends at position ${head}. Import an unchanged export of this trail, or into an empty one.`,
    { details },
  );
}

function invalidLine(trail: string, head: number, { line, reason }: InvalidLine): PaymentMethodsError {
  const details = {
    trail,
    problem: 'lineInvalid',
    position: head + 1,
    expected: 'a line of an export',
    actual: reason,
  };
  return new PaymentMethodsError(
    'IMPORT_REFUSED',
    `Line ${line} is no event for trail ${trail}: ${reason}. The trail ends at position ${head}. Import an unchanged export.`,
    { details },
  );
}
