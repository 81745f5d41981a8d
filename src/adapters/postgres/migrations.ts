import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { PgConnection } from './pool.ts';
import { query } from './query.ts';

/** A file of `migrations/`: `:schema` in its text stands for the schema's quoted name. */
export type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

/** Where a database stands against this package's migrations. */
export type MigrationState = {
  readonly pending: readonly Migration[];
  /** run there, and unknown here: the database is ahead of this package */
  readonly unknown: readonly string[];
  /** run there with another text than the file has here */
  readonly changed: readonly { readonly name: string; readonly applied: string; readonly file: string }[];
};

/** What the migrations make, by name. */
export type Made = {
  /** the table of migrations among them */
  readonly tables: readonly string[];
  readonly domains: readonly string[];
  /** aggregates among them */
  readonly functions: readonly string[];
};

/** Where the package keeps its migrations: as far from this file as from the chunk of `dist` that it is built into. */
export const migrationsFolder = new URL('../../../migrations/', import.meta.url);

/** This package's migrations, in the order they are run. */
export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(migrationsFolder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, migrationsFolder), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex') };
    }),
  );
}

/** The names of what the migrations make. */
export function namesOf(migrations: readonly Migration[]): Made {
  const names = (pattern: RegExp) =>
    migrations.flatMap(({ sql }) => [...sql.matchAll(pattern)].map((match) => match[1] ?? ''));
  return {
    tables: ['migrations', ...new Set(names(/create table :schema\.(\w+)/g))],
    domains: [...new Set(names(/create domain :schema\.(\w+)/g))],
    functions: [...new Set(names(/create (?:or replace )?(?:function|aggregate) :schema\.(\w+)/g))],
  };
}

/** Whether the table of migrations is there, and whether the connected role may read it. */
export async function findMigrationsTable(
  connection: PgConnection,
  schema: string,
): Promise<'missing' | 'readable' | 'unreadable'> {
  const [table] = await query(
    connection,
    `select (has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT'))::text as readable
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = 'migrations'`,
    [schema],
  );
  if (table === undefined) return 'missing';
  return table['readable'] === 'true' ? 'readable' : 'unreadable';
}

/** Compares what was run with this package's migrations; the table of migrations must be there. */
export async function compareMigrations(
  connection: PgConnection,
  migrations: readonly Migration[],
  quotedSchema: string,
): Promise<MigrationState> {
  const rows = await query(connection, `select name, checksum from ${quotedSchema}.migrations`);
  const applied = new Map(rows.map((row) => [row['name'] ?? '', row['checksum'] ?? '']));
  const known = new Set(migrations.map(({ name }) => name));
  return {
    pending: migrations.filter(({ name }) => !applied.has(name)),
    unknown: [...applied.keys()].filter((name) => !known.has(name)),
    changed: migrations.flatMap(({ name, checksum }) => {
      const was = applied.get(name) ?? checksum;
      return was === checksum ? [] : [{ name, applied: was, file: checksum }];
    }),
  };
}
