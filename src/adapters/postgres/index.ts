export type { AppendQueueLimits } from './appendQueue.ts';
export type { ImportProblem, ImportResult, ImportTrailOptions } from './importTrail.ts';
export { importTrail } from './importTrail.ts';
export type { MigrateOptions, MigrateResult } from './migrate.ts';
export { migrate } from './migrate.ts';
export type { PgConnection, PgMessage, PgPool, PgQuery, PgRow } from './pool.ts';
export type { PostgresEventStoreLimits, PostgresEventStoreOptions } from './postgresEventStore.ts';
export { PostgresEventStore } from './postgresEventStore.ts';
export { defaultSchema } from './options.ts';
