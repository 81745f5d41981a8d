import type { KeyProvider } from '../../application/ports/keyProvider.ts';
import type { KeyWrapper } from '../../application/ports/keyWrapper.ts';
import { checkPool, checkTrail, defaultSchema, quoteSchema } from './options.ts';
import type { PgPool, PgRow } from './pool.ts';
import type { CallOptions } from './statements.ts';
import { runStatement } from './statements.ts';

/** Where the keys of a trail's customers are kept, and what wraps them. */
export type PostgresKeyProviderOptions = {
  /** The host's `pg.Pool`, or anything of its shape. It stays the host's. Of the primary: a replica is behind. */
  readonly pool: PgPool;
  /** What wraps the keys, so that the table alone opens nothing. */
  readonly wrapper: KeyWrapper;
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
  /** The trail whose customers they are; `default` if absent. */
  readonly trail?: string | undefined;
};

const deadlineMs = 15_000;
const rewrappedAtOnce = 500;

/** Keys of customers that all processes on one database share, each wrapped by a master key. */
export class PostgresKeyProvider implements KeyProvider {
  readonly trail: string;
  readonly #options: CallOptions;
  readonly #wrapper: KeyWrapper;
  readonly #table: string;

  /** Throws `INVALID_OPTIONS`. */
  constructor({ pool, wrapper, schema = defaultSchema, trail = 'default' }: PostgresKeyProviderOptions) {
    this.trail = checkTrail(trail);
    this.#options = { pool: checkPool(pool), schema, deadlineMs };
    this.#wrapper = wrapper;
    this.#table = `${quoteSchema(schema)}.customer_keys`;
  }

  async obtain(customer: string): Promise<Uint8Array | null> {
    const found = await this.#find([customer]);
    const row = found[0] ?? (await this.#make(customer));
    return this.#unwrap(row);
  }

  async read(customers: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const keys = new Map<string, Uint8Array>();
    for (const row of await this.#find(customers)) {
      const key = await this.#unwrap(row);
      if (key !== null) keys.set(row['customer'] ?? '', key);
    }
    return keys;
  }

  async destroy(customer: string): Promise<void> {
    const text = `insert into ${this.#table} as k (trail, customer, made_at, destroyed_at)
      values ($1, $2, pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp())
      on conflict (trail, customer) do update
        set master_key_id = null, wrapped_key = null, destroyed_at = excluded.destroyed_at where k.destroyed_at is null`;
    await runStatement(this.#options, true, { text, values: [this.trail, customer] });
  }

  /**
   * Wraps the keys that another master key wraps with the present one, and answers how many: after 0 the other ones are needed
   * no more, but for backups. Safe to break off, and to call from several processes.
   */
  async rewrap(): Promise<number> {
    const text = `select k.customer::text, k.master_key_id, k.wrapped_key from ${this.#table} k
      where k.trail = $1 and k.master_key_id <> $2 limit $3`;
    let rewrapped = 0;
    for (;;) {
      const values = [this.trail, this.#wrapper.masterKeyId, rewrappedAtOnce];
      const rows = await runStatement(this.#options, false, { text, values });
      for (const row of rows) await this.#rewrapOne(row);
      rewrapped += rows.length;
      if (rows.length < rewrappedAtOnce) return rewrapped;
    }
  }

  /** Not where it was destroyed, or rewrapped, meanwhile. */
  async #rewrapOne(row: PgRow): Promise<void> {
    const key = await this.#unwrap(row);
    const { customer = '', wrapped_key: before = '' } = row;
    if (key === null || customer === null) return;
    const { masterKeyId, wrapped } = await this.#wrapper.wrap(key, this.#contextOf(customer));
    const text = `update ${this.#table} k set master_key_id = $3, wrapped_key = $4
      where k.trail = $1 and k.customer = $2 and k.wrapped_key = $5`;
    const values = [this.trail, customer, masterKeyId, wrapped, before ?? ''];
    await runStatement(this.#options, true, { text, values });
  }

  /** Whoever is first makes it, or has destroyed it: what stands there then is what holds. */
  async #make(customer: string): Promise<PgRow | undefined> {
    const { masterKeyId, wrapped } = await this.#wrapper.wrap(this.#wrapper.makeKey(), this.#contextOf(customer));
    const text = `insert into ${this.#table} (trail, customer, master_key_id, wrapped_key, made_at)
      values ($1, $2, $3, $4, pg_catalog.clock_timestamp()) on conflict (trail, customer) do nothing`;
    await runStatement(this.#options, true, { text, values: [this.trail, customer, masterKeyId, wrapped] });
    return (await this.#find([customer]))[0];
  }

  #find(customers: readonly string[]): Promise<PgRow[]> {
    const text = `select k.customer::text, k.master_key_id, k.wrapped_key from ${this.#table} k
      where k.trail = $1 and k.customer = any (pg_catalog.string_to_array($2, ','))`;
    return runStatement(this.#options, false, { text, values: [this.trail, customers.join(',')] });
  }

  async #unwrap(row: PgRow | undefined): Promise<Uint8Array | null> {
    const { customer = null, master_key_id: masterKeyId = null, wrapped_key: wrapped = null } = row ?? {};
    if (customer === null || masterKeyId === null || wrapped === null) return null;
    return this.#wrapper.unwrap({ masterKeyId, wrapped }, this.#contextOf(customer));
  }

  /** A wrapped key put into another customer's row opens nothing. */
  #contextOf(customer: string): string {
    return JSON.stringify(['attach-payment-method/key/1', this.trail, customer]);
  }
}
