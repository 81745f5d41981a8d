import type { PgConnection, PgRow } from './pool.ts';

/** Runs one statement, or several without values, and answers the rows; every column must be text. */
export async function query(connection: PgConnection, text: string, values?: string[]): Promise<PgRow[]> {
  const { rows } = await connection.query(values === undefined ? { text } : { text, values });
  return rows;
}

/**
 * Does some work in a transaction of its own. Commits, or rolls back and throws what the work threw. In it, no name is
 * looked up outside of `pg_catalog`, whatever the host's search_path.
 */
export async function inTransaction<Result>(
  connection: PgConnection,
  mode: 'isolation level read committed' | 'isolation level repeatable read, read only',
  work: () => Promise<Result>,
): Promise<Result> {
  await query(connection, `begin ${mode}`);
  try {
    await query(connection, 'set local search_path = pg_catalog, pg_temp');
    const result = await work();
    await query(connection, 'commit');
    return result;
  } catch (error) {
    await query(connection, 'rollback').catch(() => {});
    throw error;
  }
}
