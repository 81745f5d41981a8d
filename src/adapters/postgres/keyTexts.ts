import { quoteSchema } from './options.ts';
import type { PgRow } from './pool.ts';

/** A customer's row; all three are null once the key is destroyed. */
export type KeyRow = {
  readonly customer: string;
  readonly keyId: string | null;
  readonly masterKeyId: string | null;
  readonly wrapped: string | null;
};

/** The statements on the keys; `$1` is the trail. */
export type KeyTexts = ReturnType<typeof keyTexts>;

/**
 * Flushed before it is answered, as an event is, whatever the host prefers for its own transactions; and that a wait for the
 * synchronous standby was cancelled is told by a warning alone. Both hold until the statement's own transaction ends.
 */
const durably = `
  pg_catalog.set_config('synchronous_commit', case pg_catalog.current_setting('synchronous_commit')
    when 'off' then 'on' when 'local' then 'on' else pg_catalog.current_setting('synchronous_commit') end, true) as flushed,
  pg_catalog.set_config('client_min_messages', case pg_catalog.current_setting('client_min_messages')
    when 'error' then 'warning' else pg_catalog.current_setting('client_min_messages') end, true) as warned`;

/** Throws `INVALID_OPTIONS`. */
export function keyTexts(schema: string) {
  const table = `${quoteSchema(schema)}.customer_keys`;
  const columns = 'k.customer::text, k.key_id, k.master_key_id, k.wrapped_key';
  return {
    find: `select ${columns} from ${table} k
      where k.trail = $1 and k.customer = any (pg_catalog.string_to_array($2, ','))`,
    make: `insert into ${table} (trail, customer, key_id, master_key_id, wrapped_key, made_at)
      select $1::text, $2::text, $3::text, $4::text, $5::text, pg_catalog.clock_timestamp() from ${durably}
      on conflict (trail, customer) do nothing`,
    destroy: `insert into ${table} as k (trail, customer, made_at, destroyed_at)
      select $1::text, $2::text, pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp() from ${durably}
      on conflict (trail, customer) do update
        set key_id = null, master_key_id = null, wrapped_key = null, destroyed_at = excluded.destroyed_at
        where k.destroyed_at is null`,
    page: `select ${columns} from ${table} k
      where k.trail = $1 and k.customer > $2 and k.master_key_id <> $3 order by k.customer limit $4`,
    rewrap: `update ${table} k set master_key_id = $3, wrapped_key = $4
      where k.trail = $1 and k.customer = $2 and k.wrapped_key = $5 returning k.customer::text`,
  };
}

export function toKeyRow(row: PgRow): KeyRow {
  const { customer, key_id: keyId = null, master_key_id: masterKeyId = null, wrapped_key: wrapped = null } = row;
  return { customer: customer ?? '', keyId, masterKeyId, wrapped };
}
