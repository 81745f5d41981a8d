import { setTimeout as sleep } from 'node:timers/promises';
import { isPaymentMethodsError, PaymentMethodsError } from '../../application/errors.ts';
import { onConnection } from './connection.ts';
import type { Made, Migration } from './migrations.ts';
import { compareMigrations, findMigrationsTable, namesOf, readMigrations } from './migrations.ts';
import { checkPool, defaultSchema, quoteSchema } from './options.ts';
import type { PgConnection, PgPool } from './pool.ts';
import { sqlState, toStoreError } from './postgresErrors.ts';
import { inTransaction, query } from './query.ts';
import type { RoleNames } from './roleNames.ts';
import { checkRoles } from './roleNames.ts';
import { applyRights, areRolesSet, becomeOwner, memberToActAs, setRole } from './roles.ts';

/** Where the tables are made, and who may do what with them. */
export type MigrateOptions = {
  /**
   * Connects as a role that may create the schema, or owns it. With `roles`: a superuser, or a role with CREATEROLE and
   * with CREATE on the database, or a member of the owner; while there is nothing to do, the app's will do.
   */
  readonly pool: PgPool;
  /** Where the tables live; `payment_trail` if absent. With `roles`, not `public`. */
  readonly schema?: string | undefined;
  /** Who owns the schema, who may append, who may read; nobody else may anything. Absent: whoever migrates owns it. */
  readonly roles?: RoleNames | undefined;
};

/** What a call of `migrate` did. */
export type MigrateResult = {
  /** the migrations this call ran, in order; empty when there was nothing to do */
  readonly applied: readonly string[];
};

type Target = {
  readonly schema: string;
  readonly quoted: string;
  readonly roles: RoleNames | undefined;
  readonly migrations: readonly Migration[];
  readonly made: Made;
};

/** For a migration of a large trail, and for the wait behind another process that runs one. */
const limitMs = 10 * 60_000;

/**
 * Brings the schema up to date: all pending migrations in one transaction, or none; with `roles`, the roles, the owner
 * and everybody's rights in the same one. Safe to call from any number of processes at once: one works, the others wait
 * and find nothing to do. Throws `MIGRATION_CHANGED` when a file differs from what was run, `MIGRATION_AHEAD` when the
 * database was migrated by a newer version of this package, `STORE_UNAVAILABLE` when it cannot be reached,
 * `STORE_REFUSED` when it says no, and `INVALID_OPTIONS`.
 */
export async function migrate({ pool, schema = defaultSchema, roles }: MigrateOptions): Promise<MigrateResult> {
  checkPool(pool);
  const quoted = quoteSchema(schema);
  const checked = roles === undefined ? undefined : checkRoles(roles, schema);
  const migrations = await readMigrations();
  const target = { schema, quoted, roles: checked, migrations, made: namesOf(migrations) };
  try {
    return await onConnection(pool, limitMs, (connection) => {
      // Whatever the role's default: the snapshot must not be older than the lock.
      const once = () => inTransaction(connection, 'isolation level read committed', () => bringUp(connection, target));
      return checked === undefined ? once() : untilNotRaced(once);
    });
  } catch (error) {
    throw isPaymentMethodsError(error) ? error : toStoreError(error, schema, false);
  }
}

async function bringUp(connection: PgConnection, target: Target): Promise<MigrateResult> {
  const { schema, quoted, roles, made } = target;
  await query(connection, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`attach-payment-method ${schema}`]);
  if (await isUpToDate(connection, target)) return { applied: [] };
  const leave = await (roles === undefined
    ? keepOwner(connection, schema)
    : becomeOwner(connection, { schema, made, roles }));
  await createMigrationsTable(connection, target);
  const pending = await findPending(connection, target);
  for (const { name, sql, checksum } of pending) {
    await query(connection, sql.replaceAll(':schema', quoted));
    await query(connection, `insert into ${quoted}.migrations (name, checksum) values ($1, $2)`, [name, checksum]);
  }
  if (roles !== undefined) await applyRights(connection, { schema, made, roles });
  await leave();
  return { applied: pending.map(({ name }) => name) };
}

/** So that a process without the right to migrate may ask, as long as there is nothing to do. */
async function isUpToDate(connection: PgConnection, target: Target): Promise<boolean> {
  if ((await findMigrationsTable(connection, target.schema)) !== 'readable') return false;
  if ((await findPending(connection, target)).length > 0) return false;
  const { schema, made, roles } = target;
  return roles === undefined || areRolesSet(connection, { schema, made, roles });
}

/** A schema that has an owner keeps it, also when a superuser migrates. */
async function keepOwner(connection: PgConnection, schema: string): Promise<() => Promise<void>> {
  const [owner] = await query(
    connection,
    `select r.rolname::text as name from pg_class c
     join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
     where n.nspname = $1 and c.relname = 'migrations' and pg_has_role(session_user, r.oid, ${memberToActAs})`,
    [schema],
  );
  if (typeof owner?.['name'] === 'string') await setRole(connection, owner['name']);
  return async () => {};
}

async function createMigrationsTable(connection: PgConnection, { schema, quoted }: Target): Promise<void> {
  // "if not exists" would still ask for the right to create one.
  const found = await query(connection, 'select from pg_namespace where nspname = $1', [schema]);
  if (found.length === 0) await query(connection, `create schema ${quoted}`);
  if ((await findMigrationsTable(connection, schema)) !== 'missing') return;
  await query(
    connection,
    `create table ${quoted}.migrations (
       name text primary key,
       checksum text not null,
       applied_at timestamptz not null default clock_timestamp()
     )`,
  );
}

async function findPending(connection: PgConnection, target: Target): Promise<readonly Migration[]> {
  const { schema, quoted, migrations } = target;
  const { pending, unknown, changed } = await compareMigrations(connection, migrations, quoted);
  for (const name of unknown) {
    throw new PaymentMethodsError(
      'MIGRATION_AHEAD',
      `Schema "${schema}" has migration ${name}, which this version of the package does not know. Upgrade the package before you migrate.`,
      { details: { schema, migration: name } },
    );
  }
  for (const { name, applied, file } of changed) {
    throw new PaymentMethodsError(
      'MIGRATION_CHANGED',
      `Migration ${name} was run in schema "${schema}" with checksum ${applied}, and the file now has ${file}. Restore the file as it was released; a change belongs in a new migration.`,
      { details: { schema, migration: name, expected: applied, actual: file } },
    );
  }
  return pending;
}

const maxTries = 10;
/** What two processes see that create or grant the same role at once, in two databases of one cluster. */
const racedStates = new Set(['23505', '42710', '40P01', 'XX000']);

/** Roles are the cluster's, and the lock is the database's: who comes second starts over, and finds the roles. */
async function untilNotRaced<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === maxTries || !racedStates.has(sqlState(error) ?? '')) throw error;
      await sleep(Math.random() * 100);
    }
  }
}
