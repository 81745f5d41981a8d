import { onConnection, runQuery } from './connection.ts';
import type { PgConnection, PgPool, PgQuery, PgRow } from './pool.ts';
import { retrying } from './retry.ts';

/** How calls reach the database, and how long one may take, its retries included. */
export type CallOptions = { readonly pool: PgPool; readonly schema: string; readonly deadlineMs: number };

/** Runs a statement that is its own transaction, and that may be repeated. Throws the error a caller sees. */
export function runStatement(options: CallOptions, writes: boolean, query: PgQuery): Promise<PgRow[]> {
  return runWork(options, writes, (connection) => runQuery(connection, query));
}

/** The same, of work that is one transaction, and is told how many milliseconds it has. */
export function runWork<Result>(
  { pool, schema, deadlineMs }: CallOptions,
  writes: boolean,
  work: (connection: PgConnection, limitMs: number) => Promise<Result>,
): Promise<Result> {
  return retrying({ schema, writes, deadlineMs }, (limitMs) =>
    onConnection(pool, limitMs, (connection) => work(connection, limitMs)),
  );
}
