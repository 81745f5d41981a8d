import { onConnection } from './connection.ts';
import { checkConnectedRole, checkOwners } from './doctor/connectedRole.ts';
import type { Examined, Finding } from './doctor/findings.ts';
import { checkFunctions } from './doctor/functions.ts';
import { checkExcessiveRights, checkMissingRights } from './doctor/heldRights.ts';
import { checkMembers } from './doctor/members.ts';
import { checkMigrations } from './doctor/migrations.ts';
import { checkSettings } from './doctor/settings.ts';
import { checkTables } from './doctor/tables.ts';
import { checkTriggers } from './doctor/triggers.ts';
import { namesOf, readMigrations } from './migrations.ts';
import { checkPool, defaultSchema, quoteSchema } from './options.ts';
import type { PgPool } from './pool.ts';
import { toStoreError } from './postgresErrors.ts';
import { inTransaction } from './query.ts';

export type { Finding, FindingCode } from './doctor/findings.ts';

/** What `doctor` examines. */
export type DoctorOptions = {
  /** The pool that the event store is given: whom it connects as is part of what is examined. */
  readonly pool: PgPool;
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
};

/** What `doctor` found. */
export type Diagnosis = {
  /** True when nothing was found. */
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
};

const limitMs = 30_000;

const checks = [
  checkConnectedRole,
  checkOwners,
  checkMembers,
  checkMissingRights,
  checkExcessiveRights,
  checkTables,
  checkTriggers,
  checkFunctions,
];

/**
 * Examines whether the database enforces what the event store promises: that the pool's role can append and read and no
 * more, that nobody else can change an event, that triggers and functions are as the migrations make them, and that
 * what is committed survives a crash. Changes nothing, and needs no right of its own. It says nothing about the events:
 * that is what `verify` is for. A finding is never thrown. Throws `STORE_UNAVAILABLE` when the database cannot be reached,
 * `STORE_REFUSED` when it refuses the connection, and `INVALID_OPTIONS`.
 */
export async function doctor({ pool, schema = defaultSchema }: DoctorOptions): Promise<Diagnosis> {
  checkPool(pool);
  const quoted = quoteSchema(schema);
  const migrations = await readMigrations();
  const made = namesOf(migrations);
  try {
    const findings = await onConnection(pool, limitMs, (connection) =>
      inTransaction(connection, 'isolation level repeatable read, read only', () =>
        examine({ connection, schema, quoted, migrations, made }),
      ),
    );
    return { healthy: findings.length === 0, findings };
  } catch (error) {
    throw toStoreError(error, schema, false);
  }
}

async function examine(examined: Examined): Promise<Finding[]> {
  const findings = await checkMigrations(examined);
  if (!findings.some(({ code }) => code === 'SCHEMA_MISSING')) {
    for (const check of checks) findings.push(...(await check(examined)));
  }
  return [...findings, ...(await checkSettings(examined))];
}
