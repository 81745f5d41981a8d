import type { PgConnection, PgQuery } from '../pool.ts';
import { classifyError, sqlState } from '../postgresErrors.ts';

export type HostOutcome =
  | { readonly result: 'advanced' | 'outrun' }
  /** the work threw, for a reason of its own, and all was rolled back */
  | { readonly result: 'threw'; readonly error: unknown };

/**
 * Moves a checkpoint and does the host's work in one transaction, in that order: whoever else would move it waits for its
 * row meanwhile. Throws what says that the connection, or the server, failed, so that nobody takes that for the work's fault.
 */
export async function inHostTransaction<Connection extends PgConnection>(
  connection: Connection,
  advance: PgQuery,
  work: (connection: Connection) => Promise<void>,
): Promise<HostOutcome> {
  let isLost = false;
  const lose = () => {
    isLost = true;
  };
  connection.on('error', lose);
  try {
    await connection.query({ text: 'begin isolation level read committed' });
    const { rows } = await connection.query(advance);
    if (rows.length === 0) {
      await connection.query({ text: 'rollback' });
      return { result: 'outrun' };
    }
    try {
      await work(connection);
    } catch (error) {
      if (isLost || isServerFault(error)) throw error;
      await connection.query({ text: 'rollback' });
      return { result: 'threw', error };
    }
    return await commit(connection);
  } finally {
    connection.off('error', lose);
  }
}

/** What the work failed at and swallowed, or put off until now, rolls all of it back. */
async function commit(connection: PgConnection): Promise<HostOutcome> {
  try {
    const { command } = await connection.query({ text: 'commit' });
    if (command !== 'ROLLBACK') return { result: 'advanced' };
    const error = new Error('a statement of the handler failed, and it went on: nothing was committed');
    return { result: 'threw', error };
  } catch (error) {
    if (sqlState(error) === null || isServerFault(error)) throw error;
    return { result: 'threw', error };
  }
}

/** True where the server says that it was itself: a restart, a deadlock, a failover. */
function isServerFault(error: unknown): boolean {
  return sqlState(error) !== null && classifyError(error) !== 'definite';
}
