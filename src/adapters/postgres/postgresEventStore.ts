import { createHash } from 'node:crypto';
import { checkAppend } from '../../application/checkAppend.ts';
import { isPaymentMethodsError } from '../../application/errors.ts';
import type {
  AppendResult,
  EventStore,
  ReadStreamOptions,
  ReadTrailOptions,
  RecordedEvent,
  StreamAppend,
} from '../../application/ports/eventStore.ts';
import type { AppendUnit } from './appendCall.ts';
import { fromRows, toItems, toUnit } from './appendCall.ts';
import type { AppendQueueLimits, Settled } from './appendQueue.ts';
import { AppendQueue } from './appendQueue.ts';
import type { PgPool, PgQuery, PgRow } from './pool.ts';
import { retrying } from './retry.ts';
import { defaultSchema, quoteSchema } from './schemaName.ts';

export type PostgresEventStoreOptions = {
  /** The host's `pg.Pool`, or anything of its shape. It stays the host's: `close` leaves it open. */
  readonly pool: PgPool;
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
  /** One trail per Stripe account; `default` where there is only one. */
  readonly trail?: string | undefined;
  readonly limits?: Partial<AppendQueueLimits> | undefined;
};

const defaultLimits: AppendQueueLimits = {
  lanes: 2,
  maxBatchUnits: 256,
  maxBatchBytes: 4 * 1024 * 1024,
  maxQueuedUnits: 10_000,
};

const pageSize = 1000;

/** Keeps a trail in Postgres, as `EventStore` promises: one SQL function appends, group commit makes it fast. */
export class PostgresEventStore implements EventStore {
  readonly #pool: PgPool;
  readonly #schema: string;
  readonly #trail: string;
  readonly #queue: AppendQueue<AppendUnit, AppendResult>;
  readonly #append: Required<Pick<PgQuery, 'name' | 'text'>>;
  readonly #readStreamText: string;
  readonly #readTrailText: string;

  constructor({ pool, schema = defaultSchema, trail = 'default', limits = {} }: PostgresEventStoreOptions) {
    this.#pool = pool;
    this.#schema = schema;
    this.#trail = trail;
    this.#queue = new AppendQueue({ ...defaultLimits, ...limits }, (units) => this.#appendUnits(units));
    const quoted = quoteSchema(schema);
    const columns = `e.trail, e.position::text, e.stream, e.version::text, e.event_id::text, e.type, e.data::text,
      e.metadata::text, ${quoted}.instant(e.recorded_at) as recorded_at, encode(e.hash, 'hex') as hash`;
    this.#append = prepared(`select item::text, outcome, version, "position", missed from ${quoted}.append($1, $2)`);
    this.#readStreamText = `select ${columns} from ${quoted}.events e
      where e.trail = $1 and e.stream = $2 and e.version <= $3 and e.position <= $4 order by e.version`;
    this.#readTrailText = `select ${columns} from ${quoted}.events e
      where e.trail = $1 and e.position > $2 order by e.position limit ${pageSize}`;
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

  async *readTrail({ after = 0 }: ReadTrailOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    for (let last = after; ; ) {
      const rows = await this.#read(this.#readTrailText, [this.#trail, last]);
      for (const row of rows) {
        const event = toRecordedEvent(row);
        last = event.position;
        yield event;
      }
      if (rows.length < pageSize) return;
    }
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  /** One call for all units; where the database refuses it outright, one for each, so that a bad one fails alone. */
  async #appendUnits(units: readonly AppendUnit[]): Promise<readonly Settled<AppendResult>[]> {
    try {
      const values = [this.#trail, toItems(units)];
      const rows = await retrying(this.#schema, true, () => this.#query({ ...this.#append, values }));
      return fromRows(units, rows).map((value) => ({ value }));
    } catch (error) {
      if (units.length === 1 || !isPaymentMethodsError(error, 'STORE_REFUSED')) return units.map(() => ({ error }));
      const settled: Settled<AppendResult>[] = [];
      for (const unit of units) settled.push(...(await this.#appendUnits([unit])));
      return settled;
    }
  }

  /** Not prepared: a plan made while the table was small would be kept, and scan it, when it is large. */
  #read(text: string, values: (string | number)[]): Promise<PgRow[]> {
    return retrying(this.#schema, false, () => this.#query({ text, values }));
  }

  async #query(query: { name?: string; text: string; values: (string | number)[] }): Promise<PgRow[]> {
    const { rows } = await this.#pool.query(query);
    return rows;
  }
}

/** Prepared once per connection, under a name that no other text, of ours or the host's, has. */
function prepared(text: string): { readonly name: string; readonly text: string } {
  return { name: `apm_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`, text };
}

function toRecordedEvent(row: PgRow): RecordedEvent {
  return {
    trail: row['trail'] ?? '',
    position: Number(row['position']),
    stream: row['stream'] ?? '',
    version: Number(row['version']),
    eventId: row['event_id'] ?? '',
    type: row['type'] ?? '',
    data: row['data'] ?? '',
    metadata: row['metadata'] ?? '',
    recordedAt: row['recorded_at'] ?? '',
    hash: row['hash'] ?? '',
  };
}
