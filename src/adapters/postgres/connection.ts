import { classifyError, NotSent } from './postgresErrors.ts';
import type { PgConnection, PgPool } from './pool.ts';

/**
 * Does some work on a connection of the host's pool, within a time limit for getting one and another for the work. A
 * connection that failed, or that did not answer in time, is discarded: its state is not known. Throws `NotSent` when
 * none could be had, and else what the work throws.
 */
export async function onConnection<Result>(
  pool: PgPool,
  limitMs: number,
  work: (connection: PgConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(pool, limitMs);
  // A connection that breaks says so twice: to the query, and as an event that would end the process.
  const ignore = () => {};
  connection.on('error', ignore);
  const giveBack = (error?: Error) => {
    connection.off('error', ignore);
    connection.release(error);
  };
  try {
    const result = await within(limitMs, work(connection));
    giveBack();
    return result;
  } catch (error) {
    giveBack(classifyError(error) === 'definite' ? undefined : asError(error));
    throw error;
  }
}

async function connect(pool: PgPool, limitMs: number): Promise<PgConnection> {
  const connecting = pool.connect();
  try {
    return await within(limitMs, connecting);
  } catch (error) {
    // It may still come, to nobody.
    connecting.then(
      (late) => late.release(),
      () => {},
    );
    throw new NotSent(error);
  }
}

/** The value, or an error once the time is up. A plain timer: this is on the way of every append. */
function within<Value>(limitMs: number, value: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`no answer from Postgres within ${limitMs} ms`));
    const timer = setTimeout(late, limitMs);
    value.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
