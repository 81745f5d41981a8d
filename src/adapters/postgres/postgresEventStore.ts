import { createHash } from 'node:crypto';
import { checkAppend } from '../../application/trail/checkAppend.ts';
import { isPaymentMethodsError, PaymentMethodsError } from '../../application/errors.ts';
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
import type { AppendCall, AppendUnit } from './appendCall.ts';
import { fromAnswer, toCall, toUnit } from './appendCall.ts';
import type { AppendQueueLimits, Settled } from './appendQueue.ts';
import { AppendQueue } from './appendQueue.ts';
import { onConnection, runQuery } from './connection.ts';
import type { PgPool, PgQuery, PgRow } from './pool.ts';
import type { ReadPage } from './readPages.ts';
import { readPages, toRecordedEvent } from './readPages.ts';
import { retrying } from './retry.ts';
import { checkPool, checkTrail, defaultSchema, quoteSchema } from './options.ts';

export type PostgresEventStoreOptions = {
  /** The host's `pg.Pool`, or anything of its shape. It stays the host's: `close` leaves it open. */
  readonly pool: PgPool;
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
  /** One trail per Stripe account; `default` where there is only one. */
  readonly trail?: string | undefined;
  readonly limits?: Partial<PostgresEventStoreLimits> | undefined;
};

export type PostgresEventStoreLimits = AppendQueueLimits & {
  /** milliseconds for one call to the database, its retries included; at most 2,147,483,647, the longest timer */
  readonly deadlineMs: number;
};

const defaultLimits: PostgresEventStoreLimits = {
  lanes: 2,
  maxBatchUnits: 256,
  maxBatchBytes: 4 * 1024 * 1024,
  maxQueuedUnits: 10_000,
  maxQueuedBytes: 64 * 1024 * 1024,
  deadlineMs: 15_000,
};

const longestTimerMs = 2 ** 31 - 1;

const pageSize = 1000;

/** Keeps a trail in Postgres, as `EventStore` promises: one SQL function appends, group commit makes it fast. */
export class PostgresEventStore implements EventStore {
  readonly #pool: PgPool;
  readonly #schema: string;
  readonly #trail: string;
  readonly #deadlineMs: number;
  readonly #queue: AppendQueue<AppendUnit, AppendResult>;
  readonly #statements: Readonly<Record<AppendCall['function'], Required<Pick<PgQuery, 'name' | 'text'>>>>;
  readonly #readStreamText: string;
  readonly #readTrailText: (condition: string) => string;
  readonly #readHeadText: string;

  /** Throws `INVALID_OPTIONS`. */
  constructor({ pool, schema = defaultSchema, trail = 'default', limits = {} }: PostgresEventStoreOptions) {
    const { deadlineMs, ...queueLimits } = checkLimits(limits);
    this.#pool = checkPool(pool);
    this.#schema = schema;
    this.#trail = checkTrail(trail);
    this.#deadlineMs = deadlineMs;
    this.#queue = new AppendQueue(queueLimits, (units) => this.#appendUnits(units));
    const quoted = quoteSchema(schema);
    const columns = `e.trail, e.position::text, e.stream, e.version::text, e.event_id::text, e.type, e.data::text,
      e.metadata::text, ${quoted}.instant(e.recorded_at) as recorded_at, pg_catalog.encode(e.hash, 'hex') as hash`;
    this.#statements = {
      append: prepared(`select ${quoted}.append($1, $2, $3, $4, $5, $6, $7, $8, $9)::text as answer`),
      append_one: prepared(`select ${quoted}.append_one($1, $2, $3, $4, $5, $6, $7)::text as answer`),
    };
    this.#readStreamText = `select ${columns} from ${quoted}.events e
      where e.trail = $1 and e.stream = $2 and e.version <= $3 and e.position <= $4 order by e.version`;
    this.#readTrailText = (condition) => `select ${columns} from ${quoted}.events e
      where e.trail = $1 ${condition} order by e.position limit ${pageSize}`;
    this.#readHeadText = `select t.position::text, pg_catalog.encode(t.hash, 'hex') as hash from ${quoted}.trails t
      where t.trail = $1 order by t.position desc limit 1`;
  }

  async append(appends: readonly StreamAppend[]): Promise<AppendResult> {
    checkAppend(appends);
    return this.#queue.push(toUnit(appends));
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    const { upToVersion = Number.MAX_SAFE_INTEGER, upToPosition = Number.MAX_SAFE_INTEGER } = options;
    const rows = await this.#read(this.#readStreamText, [this.#trail, stream, upToVersion, upToPosition]);
    return rows.map(toRecordedEvent);
  }

  readTrail({ after = 0 }: ReadTrailOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    const readPage: ReadPage = (last) =>
      last === undefined
        ? this.#read(this.#readTrailText(''), [this.#trail])
        : this.#read(this.#readTrailText('and e.position > $2'), [this.#trail, last]);
    return readPages(readPage, pageSize, after);
  }

  async readHead(): Promise<TrailHead> {
    const [row] = await this.#read(this.#readHeadText, [this.#trail]);
    return { position: Number(row?.['position'] ?? 0), hash: row?.['hash'] ?? genesisHash };
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  /** One call for all units; where the database refuses it outright, one for each, so that a bad one fails alone. */
  async #appendUnits(units: readonly AppendUnit[]): Promise<readonly Settled<AppendResult>[]> {
    try {
      const call = toCall(this.#trail, units);
      const rows = await this.#call(true, { ...this.#statements[call.function], values: call.values });
      return fromAnswer(units, rows[0]?.['answer'] ?? 'null').map((value) => ({ value }));
    } catch (error) {
      if (units.length === 1 || !isPaymentMethodsError(error, 'STORE_REFUSED')) return units.map(() => ({ error }));
      const settled: Settled<AppendResult>[] = [];
      for (const unit of units) settled.push(...(await this.#appendUnits([unit])));
      return settled;
    }
  }

  /** Not prepared: a plan made while the table was small would be kept, and scan it, when it is large. */
  #read(text: string, values: (string | number)[]): Promise<PgRow[]> {
    return this.#call(false, { text, values });
  }

  #call(writes: boolean, query: PgQuery): Promise<PgRow[]> {
    return retrying({ schema: this.#schema, writes, deadlineMs: this.#deadlineMs }, (limitMs) =>
      onConnection(this.#pool, limitMs, (connection) => runQuery(connection, query)),
    );
  }
}

function checkLimits(given: Partial<PostgresEventStoreLimits>): PostgresEventStoreLimits {
  const limits = { ...defaultLimits };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const most = name === 'deadlineMs' ? longestTimerMs : Number.MAX_SAFE_INTEGER;
    if (!Number.isSafeInteger(value) || value < 1 || value > most) {
      throw new PaymentMethodsError(
        'INVALID_OPTIONS',
        `limits.${name} is ${value}; it must be a whole number from 1 to ${most}.`,
      );
    }
    Object.assign(limits, { [name]: value });
  }
  return limits;
}

/** Prepared once per connection, under a name that no other text, of ours or the host's, has. */
function prepared(text: string): { readonly name: string; readonly text: string } {
  return { name: `apm_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`, text };
}
