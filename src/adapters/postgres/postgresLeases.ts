import type { Leases } from '../../application/ports/leases.ts';
import { onConnection, runQuery } from './connection.ts';
import { checkPool, checkTrail, defaultSchema, quoteSchema } from './options.ts';
import type { PgPool, PgRow } from './pool.ts';
import { retrying } from './retry.ts';

/** Where the leases are kept by which processes share the work on a trail. */
export type PostgresLeasesOptions = {
  /** The host's `pg.Pool`, or anything of its shape. It stays the host's. */
  readonly pool: PgPool;
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
  /** The trail that is worked on; `default` if absent. */
  readonly trail?: string | undefined;
};

const deadlineMs = 15_000;

/** Leases of all processes on one database, by its clock. */
export class PostgresLeases implements Leases {
  readonly #pool: PgPool;
  readonly #schema: string;
  readonly #trail: string;
  readonly #acquireText: string;
  readonly #releaseText: string;

  /** Throws `INVALID_OPTIONS`. */
  constructor({ pool, schema = defaultSchema, trail = 'default' }: PostgresLeasesOptions) {
    this.#pool = checkPool(pool);
    this.#schema = schema;
    this.#trail = checkTrail(trail);
    const leases = `${quoteSchema(schema)}.leases`;
    this.#acquireText = `insert into ${leases} as held (trail, name, owner, ends_at)
      values ($1, $2, $3, pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => $4::double precision / 1000))
      on conflict (trail, name) do update set owner = excluded.owner, ends_at = excluded.ends_at
      where held.owner = excluded.owner or held.ends_at <= pg_catalog.clock_timestamp()
      returning held.name`;
    // Those that ended are removed a few at a time; whoever is at one of them is not waited for.
    this.#releaseText = `with ended as (
        select e.name from ${leases} e
        where e.trail = $1 and e.ends_at <= pg_catalog.clock_timestamp() and e.name <> $2 limit 20 for update skip locked
      ), removed as (
        delete from ${leases} r using ended where r.trail = $1 and r.name = ended.name
      )
      delete from ${leases} l where l.trail = $1 and l.name = $2 and l.owner = $3`;
  }

  async acquire(name: string, owner: string, forMs: number): Promise<boolean> {
    return (await this.#call(this.#acquireText, [this.#trail, name, owner, forMs])).length > 0;
  }

  async release(name: string, owner: string): Promise<void> {
    await this.#call(this.#releaseText, [this.#trail, name, owner]);
  }

  #call(text: string, values: (string | number)[]): Promise<PgRow[]> {
    return retrying({ schema: this.#schema, writes: true, deadlineMs }, (limitMs) =>
      onConnection(this.#pool, limitMs, (connection) => runQuery(connection, { text, values })),
    );
  }
}
