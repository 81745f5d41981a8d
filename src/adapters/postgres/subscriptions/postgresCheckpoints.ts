import type {
  Checkpoint,
  Checkpoints,
  SkipDecision,
  SkippedEvent,
  StoppedAt,
} from '../../../application/ports/checkpoints.ts';
import { onConnection } from '../connection.ts';
import { checkPool, checkTrail, defaultSchema, quoteSchema } from '../options.ts';
import type { PgConnection, PgRow } from '../pool.ts';
import { classifyError, toStoreError } from '../postgresErrors.ts';
import type { CallOptions } from '../statements.ts';
import { runStatement } from '../statements.ts';
import { checkpointTexts } from './checkpointTexts.ts';
import { inHostTransaction } from './hostTransaction.ts';

/** Where the checkpoints of subscriptions to a trail are kept. */
export type PostgresCheckpointsOptions<Connection extends PgConnection> = {
  /** The host's `pg.Pool`, or anything of its shape; its connections are what `handleInTransaction` gets. */
  readonly pool: { connect(): Promise<Connection> };
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
  /** `default` if absent */
  readonly trail?: string | undefined;
  /** how long one transaction may take, the handler's part included; 60,000 if absent */
  readonly transactionLimitMs?: number | undefined;
};

const deadlineMs = 15_000;

/**
 * Keeps checkpoints in Postgres, beside the trail, as `Checkpoints` promises. A transaction is a connection of the host's
 * pool inside `begin` and `commit`: `new PostgresCheckpoints<pg.PoolClient>({ pool })` types it.
 */
export class PostgresCheckpoints<Connection extends PgConnection = PgConnection> implements Checkpoints<Connection> {
  readonly #call: CallOptions & { readonly pool: { connect(): Promise<Connection> } };
  readonly #trail: string;
  readonly #transactionLimitMs: number;
  readonly #texts: ReturnType<typeof checkpointTexts>;

  /** Throws `INVALID_OPTIONS`. */
  constructor(options: PostgresCheckpointsOptions<Connection>) {
    const { pool, schema = defaultSchema, trail = 'default', transactionLimitMs = 60_000 } = options;
    checkPool(pool);
    this.#call = { pool, schema, deadlineMs };
    this.#trail = checkTrail(trail);
    this.#transactionLimitMs = transactionLimitMs;
    this.#texts = checkpointTexts(quoteSchema(schema));
  }

  async read(consumer: string): Promise<Checkpoint | null> {
    const [row] = await this.#run(false, this.#texts.read, consumer);
    return row === undefined ? null : { position: Number(row['position']), stopped: toStopped(row) };
  }

  async open(consumer: string, from: number): Promise<Checkpoint> {
    const found = await this.read(consumer);
    if (found !== null) return found;
    await this.#run(true, this.#texts.open, consumer, from);
    return (await this.read(consumer)) ?? { position: from, stopped: null };
  }

  async advance(consumer: string, from: number, to: number): Promise<'advanced' | 'outrun'> {
    const rows = await this.#run(true, this.#texts.advance, consumer, from, to);
    return rows.length > 0 ? 'advanced' : 'outrun';
  }

  async transact(
    consumer: string,
    from: number,
    to: number,
    work: (transaction: Connection) => Promise<void>,
  ): Promise<'advanced' | 'outrun'> {
    const { pool, schema } = this.#call;
    const advance = { text: this.#texts.advance, values: [this.#trail, consumer, from, to] };
    const outcome = await onConnection(pool, this.#transactionLimitMs, (connection) =>
      inHostTransaction(connection, advance, work),
    ).catch((error: unknown) => {
      throw toStoreError(error, schema, classifyError(error) === 'ambiguous');
    });
    if (outcome.result !== 'threw') return outcome.result;
    throw outcome.error;
  }

  async stop(consumer: string, from: number, stopped: StoppedAt): Promise<'stopped' | 'outrun'> {
    const rows = await this.#run(true, this.#texts.stop, consumer, from, stopped.position - 1, JSON.stringify(stopped));
    return rows.length > 0 ? 'stopped' : 'outrun';
  }

  async resume(consumer: string, position: number): Promise<'resumed' | 'notStopped'> {
    return (await this.#run(true, this.#texts.resume, consumer, position)).length > 0 ? 'resumed' : 'notStopped';
  }

  async skip(consumer: string, { position, actor, reason }: SkipDecision): Promise<'skipped' | 'notStopped'> {
    const rows = await this.#run(true, this.#texts.skip, consumer, position, actor, reason);
    return rows.length > 0 ? 'skipped' : 'notStopped';
  }

  async skipped(consumer: string): Promise<readonly SkippedEvent[]> {
    const rows = await this.#run(false, this.#texts.skipped, consumer);
    return rows.flatMap((row) => {
      const stopped = toStopped(row);
      if (stopped === null) return [];
      const { actor, reason, skipped_at: skippedAt } = row;
      return [
        {
          position: Number(row['position']),
          actor: actor ?? '',
          reason: reason ?? '',
          stopped,
          skippedAt: skippedAt ?? '',
        },
      ];
    });
  }

  #run(writes: boolean, text: string, ...values: (string | number)[]): Promise<PgRow[]> {
    return runStatement(this.#call, writes, { text, values: [this.#trail, ...values] });
  }
}

function toStopped(row: PgRow): StoppedAt | null {
  // As `stop` wrote it.
  return row['stopped'] === null ? null : (JSON.parse(row['stopped'] ?? 'null') as StoppedAt | null);
}
