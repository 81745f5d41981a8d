import { PaymentMethodsError } from '../../application/errors.ts';
import { parseLine } from '../../application/trail/exportTrail.ts';
import { fieldSeparator } from '../../application/trail/hashInput.ts';
import { onConnection, runQuery } from './connection.ts';
import { checkPool, checkTrail, defaultSchema, quoteSchema } from './options.ts';
import type { PgPool, PgRow } from './pool.ts';
import { retrying } from './retry.ts';

/** What is imported, and into which trail. */
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

/** How far an import came. */
export type ImportResult = {
  /** how many lines were taken, those that the trail had already among them */
  readonly lines: number;
  /** the trail's head */
  readonly position: number;
};

/** What is wrong with a line: the `details.problem` of `IMPORT_REFUSED`. */
export type ImportProblem =
  /** not an event as `exportTrail` writes it, to the character, or one that the database can have given to nobody */
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

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const halfPair = /\p{Cs}/u;

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
    const exported = `[${events.join(',')}]`;
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

/** Lines that hold an event each. */
type Batch = { readonly events: readonly string[]; readonly invalid?: InvalidLine };

/** Up to the first line that no database need see; there is a batch, be it empty, so that the head is asked for. */
async function* batches(lines: ImportTrailOptions['lines']): AsyncGenerator<Batch, void, undefined> {
  let events: string[] = [];
  let characters = 0;
  let line = 0;
  for await (const fed of lines) {
    line += 1;
    const text = fed.replace(/[\r\n]+$/, '');
    if (text.trim() === '') continue;
    const reason = findFault(text);
    if (reason !== null) return yield { events, invalid: { line, reason } };
    events.push(text);
    characters += text.length;
    if (events.length < maxBatchLines && characters < maxBatchCharacters) continue;
    yield { events };
    events = [];
    characters = 0;
  }
  yield { events };
}

/**
 * Why a line holds no event that can have been read from the database: what is left to find is whether it fits the trail.
 * Not what `append` of the store asks for: who may call the database's own can have written what the module never does.
 */
function findFault(text: string): string | null {
  const event = parseLine(text);
  if (event === undefined) return 'it is not an event as exportTrail writes it';
  const { trail, stream, eventId, type, data, metadata, recordedAt } = event;
  if (!isInstant(recordedAt)) return `recordedAt is ${recordedAt.slice(0, 40)}`;
  if (!uuidPattern.test(eventId)) return `eventId is ${eventId.slice(0, 40)}`;
  if (!isJson(data) || !isJson(metadata)) return 'data and metadata are to be JSON texts';
  const isText = [trail, stream, type, data, metadata].every(isStorable);
  return isText ? null : 'a text has a NUL, half a surrogate pair, or the separator U+001F';
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && !text.includes(fieldSeparator) && !halfPair.test(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
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
