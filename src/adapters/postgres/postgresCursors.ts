import type { Cursors } from '../../application/ports/cursors.ts';
import { onConnection, runQuery } from './connection.ts';
import { checkPool, checkTrail, defaultSchema, quoteSchema } from './options.ts';
import type { PgPool, PgRow } from './pool.ts';
import { retrying } from './retry.ts';

/** Where sweeps keep how far they came. */
export type PostgresCursorsOptions = {
  /** The host's `pg.Pool`, or anything of its shape. It stays the host's. */
  readonly pool: PgPool;
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
  /** The trail that is compared; `default` if absent. */
  readonly trail?: string | undefined;
};

const deadlineMs = 15_000;

/** Cursors that all processes on one database share. */
export class PostgresCursors implements Cursors {
  readonly #pool: PgPool;
  readonly #schema: string;
  readonly #trail: string;
  readonly #loadText: string;
  readonly #saveText: string;

  /** Throws `INVALID_OPTIONS`. */
  constructor({ pool, schema = defaultSchema, trail = 'default' }: PostgresCursorsOptions) {
    this.#pool = checkPool(pool);
    this.#schema = schema;
    this.#trail = checkTrail(trail);
    const cursors = `${quoteSchema(schema)}.cursors`;
    this.#loadText = `select c.value::text as value from ${cursors} c where c.trail = $1 and c.name = $2`;
    this.#saveText = `insert into ${cursors} (trail, name, value) values ($1, $2, $3)
      on conflict (trail, name) do update set value = excluded.value`;
  }

  async load(name: string): Promise<string | null> {
    const [row] = await this.#call(false, this.#loadText, [this.#trail, name]);
    return row?.['value'] ?? null;
  }

  async save(name: string, value: string): Promise<void> {
    await this.#call(true, this.#saveText, [this.#trail, name, value]);
  }

  #call(writes: boolean, text: string, values: string[]): Promise<PgRow[]> {
    return retrying({ schema: this.#schema, writes, deadlineMs }, (limitMs) =>
      onConnection(this.#pool, limitMs, (connection) => runQuery(connection, { text, values })),
    );
  }
}
