import { createHash } from 'node:crypto';
import { checkAppend } from '../../application/trail/checkAppend.ts';
import { isPaymentMethodsError } from '../../application/errors.ts';
import { genesisHash } from '../../application/trail/hashInput.ts';
import type {
  AppendResult,
  EventStore,
  ReadStreamOptions,
  ReadTrailOptions,
  RecordedEvent,
  StreamAppend,
  TrailHead,
} from '../../application/ports/eventStore.ts';
import type { Observer } from '../../application/ports/observer.ts';
import type { Answered, AppendCall, AppendUnit } from './appendCall.ts';
import { fromAnswer, toCall, toUnit } from './appendCall.ts';
import type { AppendQueueLimits } from './appendLimits.ts';
import type { Settled } from './appendQueue.ts';
import { AppendQueue } from './appendQueue.ts';
import { checkLimits } from './appendLimits.ts';
import { runQuery } from './connection.ts';
import type { PgPool, PgQuery, PgRow } from './pool.ts';
import type { ReadPage } from './readPages.ts';
import { pageText, readPages, toRecordedEvent } from './readPages.ts';
import type { CallOptions } from './statements.ts';
import { runWork } from './statements.ts';
import type { AppendNotifier } from './subscriptions/appendNotifier.ts';
import { appendNotifier } from './subscriptions/appendNotifier.ts';
import { checkPool, checkTrail, defaultSchema, quoteSchema } from './options.ts';

/** Which trail the store reads and appends to, and within which limits. */
export type PostgresEventStoreOptions = {
  /** The host's `pg.Pool`, or anything of its shape. It stays the host's: `close` leaves it open. */
  readonly pool: PgPool;
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
  /** One trail per Stripe account; `default` where there is only one. */
  readonly trail?: string | undefined;
  readonly limits?: Partial<AppendQueueLimits> | undefined;
  /** Sends hints to `PostgresAppendHints` after appends, beside them: they do not wait for it. False if absent. */
  readonly notify?: boolean | undefined;
  /** Told of every batch of appends. */
  readonly observer?: Pick<Observer, 'appendBatch'> | undefined;
};

/** The SQLSTATE of a statement that took longer than the host lets one take. */
const statementTimeout = '57014';

/** Keeps a trail in Postgres, as `EventStore` promises: one SQL function appends, group commit makes it fast. */
export class PostgresEventStore implements EventStore {
  readonly trail: string;
  readonly #options: CallOptions;
  readonly #queue: AppendQueue<AppendUnit, AppendResult>;
  readonly #statements: Readonly<Record<AppendCall['function'], Required<Pick<PgQuery, 'name' | 'text'>>>>;
  readonly #notifier: AppendNotifier | null;
  readonly #readStreamText: string;
  readonly #readTrailText: (condition: string) => string;
  readonly #readHeadText: string;

  /** Throws `INVALID_OPTIONS`. */
  constructor(options: PostgresEventStoreOptions) {
    const { pool, schema = defaultSchema, trail = 'default', limits = {}, notify = false, observer } = options;
    const checked = checkLimits(limits);
    this.#options = { pool: checkPool(pool), schema, deadlineMs: checked.deadlineMs };
    this.trail = checkTrail(trail);
    this.#queue = new AppendQueue(checked, (units) => this.#appendUnits(units), observer);
    const quoted = quoteSchema(schema);
    this.#notifier = notify ? appendNotifier(this.#options, trail) : null;
    const columns = `e.trail, e.position::text, e.stream, e.version::text, e.event_id::text, e.type, e.data::text,
      e.metadata::text, ${quoted}.instant(e.recorded_at) as recorded_at, pg_catalog.encode(e.hash, 'hex') as hash`;
    this.#statements = {
      append: prepared(`select ${quoted}.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)::text as answer`),
      append_one: prepared(`select ${quoted}.append_one($1, $2, $3, $4, $5, $6, $7, $8, $9)::text as answer`),
    };
    this.#readStreamText = `select ${columns} from ${quoted}.events e
      where e.trail = $1 and e.stream = $2 and e.version > $3 and e.version <= $4 and e.position <= $5
      order by e.version`;
    this.#readTrailText = (condition) => pageText(columns, `${quoted}.events`, condition);
    this.#readHeadText = `select t.position::text, pg_catalog.encode(t.hash, 'hex') as hash from ${quoted}.trails t
      where t.trail = $1 order by t.position desc limit 1`;
  }

  async append(appends: readonly StreamAppend[]): Promise<AppendResult> {
    checkAppend(appends);
    const result = await this.#queue.push(toUnit(appends));
    if (result.result === 'appended') this.#notifier?.notify();
    return result;
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    return this.#readStream(stream, 0, options);
  }

  readTrail({ after = 0, upTo }: ReadTrailOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    const readPage: ReadPage = (limit, last) => {
      const bounds = [bound('>', last), bound('<=', upTo)].filter((one) => one !== null);
      const condition = bounds.map(({ operator }, index) => `and e.position ${operator} $${index + 3}`).join(' ');
      return this.#read(this.#readTrailText(condition), [this.trail, limit, ...bounds.map(({ position }) => position)]);
    };
    return readPages(readPage, after);
  }

  async readHead(): Promise<TrailHead> {
    const [row] = await this.#read(this.#readHeadText, [this.trail]);
    return { position: Number(row?.['position'] ?? 0), hash: row?.['hash'] ?? genesisHash };
  }

  async close(): Promise<void> {
    await this.#queue.close();
    await this.#notifier?.settled();
  }

  /** One call for all units; where the database refuses that one, or has not the time for it, one for each half. */
  async #appendUnits(
    units: readonly AppendUnit[],
    endsAt = performance.now() + this.#options.deadlineMs,
  ): Promise<readonly Settled<AppendResult>[]> {
    try {
      const call = toCall(this.trail, units);
      const rows = await this.#call(true, (limitMs) => ({
        ...this.#statements[call.function],
        values: [...call.values, Math.ceil(limitMs)],
      }));
      const answered = fromAnswer(units, rows[0]?.['answer'] ?? 'null');
      const settled: Settled<AppendResult>[] = [];
      for (const one of answered) {
        settled.push(one.result === 'appended' ? { value: one } : await settle(this.#withMissed(one)));
      }
      return settled;
    } catch (error) {
      if (units.length === 1 || !mayBeOneUnits(error) || performance.now() >= endsAt) {
        return units.map(() => ({ error }));
      }
      const half = Math.ceil(units.length / 2);
      const first = await this.#appendUnits(units.slice(0, half), endsAt);
      return [...first, ...(await this.#appendUnits(units.slice(half), endsAt))];
    }
  }

  async #withMissed(answered: Extract<Answered, { result: 'conflict' }>): Promise<AppendResult> {
    const conflicts = [];
    for (const { missed, ...conflict } of answered.conflicts) {
      const { stream, expectedVersion, currentVersion } = conflict;
      const after = typeof expectedVersion === 'number' ? expectedVersion : 0;
      const read = missed ?? (await this.#readStream(stream, after));
      conflicts.push({ ...conflict, missed: read, currentVersion: read.at(-1)?.version ?? currentVersion });
    }
    return { result: 'conflict', conflicts };
  }

  async #readStream(stream: string, after: number, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    const { upToVersion = Number.MAX_SAFE_INTEGER, upToPosition = Number.MAX_SAFE_INTEGER } = options;
    const rows = await this.#read(this.#readStreamText, [this.trail, stream, after, upToVersion, upToPosition]);
    return rows.map(toRecordedEvent);
  }

  /** Not prepared: a plan made while the table was small would be kept, and scan it, when it is large. */
  #read(text: string, values: (string | number)[]): Promise<PgRow[]> {
    return this.#call(false, () => ({ text, values }));
  }

  #call(writes: boolean, query: (limitMs: number) => PgQuery): Promise<PgRow[]> {
    return runWork(this.#options, writes, (connection, limitMs) => runQuery(connection, query(limitMs)));
  }
}

/** True for an error that one unit may have brought upon the others: the database refused it, or timed the statement out. */
function mayBeOneUnits(error: unknown): boolean {
  if (!isPaymentMethodsError(error)) return false;
  return error.code === 'STORE_REFUSED' || error.details['sqlState'] === statementTimeout;
}

async function settle<Value>(value: Promise<Value>): Promise<Settled<Value>> {
  try {
    return { value: await value };
  } catch (error) {
    return { error };
  }
}

function bound(operator: '>' | '<=', position: string | number | undefined) {
  return position === undefined ? null : { operator, position };
}

/** Prepared once per connection, under a name that no other text, of ours or the host's, has. */
function prepared(text: string): { readonly name: string; readonly text: string } {
  return { name: `apm_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`, text };
}
