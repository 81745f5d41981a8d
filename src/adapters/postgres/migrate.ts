import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { isPaymentMethodsError, PaymentMethodsError } from '../../application/errors.ts';
import { onConnection } from './connection.ts';
import type { PgConnection, PgPool } from './pool.ts';
import { toStoreError } from './postgresErrors.ts';
import { checkPool, defaultSchema, quoteSchema } from './options.ts';

export type MigrateOptions = {
  /** Connects as a role that may create the schema, or owns it. */
  readonly pool: PgPool;
  /** Where the tables live; `payment_trail` if absent. */
  readonly schema?: string | undefined;
};

export type MigrateResult = {
  /** the migrations this call ran, in order; empty when there was nothing to do */
  readonly applied: readonly string[];
};

type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

/** For a migration of a large trail, and for the wait behind another process that runs one. */
const limitMs = 10 * 60_000;

const folder = new URL('../../../migrations/', import.meta.url);

/**
 * Brings the schema up to date: all pending migrations in one transaction, or none. Safe to call from any number of
 * processes at once: one works, the others wait and find nothing to do. Throws `MIGRATION_CHANGED` when a file differs
 * from what was run, `MIGRATION_AHEAD` when the database was migrated by a newer version of this package,
 * `STORE_UNAVAILABLE` when it cannot be reached, `STORE_REFUSED` when it says no, and `INVALID_OPTIONS`.
 */
export async function migrate({ pool, schema = defaultSchema }: MigrateOptions): Promise<MigrateResult> {
  checkPool(pool);
  const quoted = quoteSchema(schema);
  const migrations = await readMigrations();
  try {
    return await onConnection(pool, limitMs, (connection) => migrateOn(connection, migrations, schema, quoted));
  } catch (error) {
    throw isPaymentMethodsError(error) ? error : toStoreError(error, schema, false);
  }
}

async function migrateOn(
  connection: PgConnection,
  migrations: readonly Migration[],
  schema: string,
  quoted: string,
): Promise<MigrateResult> {
  // Whatever the role's default: the snapshot must not be older than the lock.
  await run(connection, 'begin isolation level read committed');
  try {
    await run(connection, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`attach-payment-method ${schema}`]);
    const done = await readDone(connection, schema, quoted);
    const pending = pendingOf(migrations, done, schema);
    for (const { name, sql, checksum } of pending) {
      await run(connection, sql.replaceAll(':schema', quoted));
      await run(connection, `insert into ${quoted}.migrations (name, checksum) values ($1, $2)`, [name, checksum]);
    }
    await run(connection, 'commit');
    return { applied: pending.map(({ name }) => name) };
  } catch (error) {
    await run(connection, 'rollback').catch(() => {});
    throw error;
  }
}

async function readDone(connection: PgConnection, schema: string, quoted: string): Promise<Map<string, string>> {
  // "if not exists" would still ask for the right to create one.
  const found = await run(connection, 'select from pg_catalog.pg_namespace where nspname = $1', [schema]);
  if (found.length === 0) await run(connection, `create schema ${quoted}`);
  await run(
    connection,
    `create table if not exists ${quoted}.migrations (
       name text primary key,
       checksum text not null,
       applied_at timestamptz not null default clock_timestamp()
     )`,
  );
  const rows = await run(connection, `select name, checksum from ${quoted}.migrations`);
  return new Map(rows.map((row) => [row['name'] ?? '', row['checksum'] ?? '']));
}

function pendingOf(migrations: readonly Migration[], done: ReadonlyMap<string, string>, schema: string): Migration[] {
  const known = new Map(migrations.map(({ name, checksum }) => [name, checksum]));
  for (const [name, checksum] of done) {
    const expected = known.get(name);
    if (expected === undefined) {
      throw new PaymentMethodsError(
        'MIGRATION_AHEAD',
        `Schema "${schema}" has migration ${name}, which this version of the package does not know. Upgrade the package before you migrate.`,
        { details: { schema, migration: name } },
      );
    }
    if (expected !== checksum) {
      throw new PaymentMethodsError(
        'MIGRATION_CHANGED',
        `Migration ${name} was run in schema "${schema}" with checksum ${checksum}, and the file now has ${expected}. Restore the file as it was released; a change belongs in a new migration.`,
        { details: { schema, migration: name, expected: checksum, actual: expected } },
      );
    }
  }
  return migrations.filter(({ name }) => !done.has(name));
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex') };
    }),
  );
}

async function run(connection: PgConnection, text: string, values?: string[]) {
  const { rows } = await connection.query(values === undefined ? { text } : { text, values });
  return rows;
}
