import type { PgConnection, PgMessage, PgQuery, PgRow } from './pool.ts';
import { classifyError, NotSent, sqlState } from './postgresErrors.ts';
import { inTransaction } from './query.ts';

/** The server's function that waits for a synchronous standby; unlike a message, its name is never translated. */
const standbyWait = 'SyncRepWaitForLSN';

/** What the SQL functions raise at another isolation level than read committed. */
const wrongIsolation = '25004';

/**
 * Does some work on a connection of the host's pool, within one time limit for both, getting it and the work. A
 * connection that failed, or that did not answer in time, is discarded: its state is not known. Throws `NotSent` when
 * none could be had, and else what the work throws.
 */
export async function onConnection<Result, Connection extends PgConnection>(
  pool: { connect(): Promise<Connection> },
  limitMs: number,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const endsAt = performance.now() + limitMs;
  const connection = await connect(pool, limitMs);
  // A connection that breaks says so twice: to the query, and as an event that would end the process.
  const ignore = () => {};
  connection.on('error', ignore);
  const giveBack = (error?: Error) => {
    connection.off('error', ignore);
    connection.release(error);
  };
  try {
    const result = await within(endsAt - performance.now(), work(connection));
    giveBack();
    return result;
  } catch (error) {
    giveBack(classifyError(error) === 'definite' ? undefined : asError(error));
    throw error;
  }
}

/**
 * Runs a statement in a transaction of its own, at read committed where the statement insists on it and the host's default
 * is another. When somebody cancels the commit's wait for a synchronous standby, the server answers success with a
 * warning, though a failover may still lose what was written: that throws.
 */
export async function runQuery(connection: PgConnection, statement: PgQuery): Promise<PgRow[]> {
  let warning: string | undefined;
  const listen = ({ routine, message = '' }: PgMessage) => {
    if (routine === standbyWait) warning = message;
  };
  connection.on('notice', listen);
  try {
    const rows = await atReadCommitted(connection, async () => (await connection.query(statement)).rows);
    if (warning !== undefined) throw withCode('NO_STANDBY', `committed, but perhaps on no standby: ${warning}`);
    return rows;
  } finally {
    connection.off('notice', listen);
  }
}

async function atReadCommitted<Result>(connection: PgConnection, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (sqlState(error) !== wrongIsolation) throw error;
    return inTransaction(connection, 'isolation level read committed', work);
  }
}

async function connect<Connection extends PgConnection>(
  pool: { connect(): Promise<Connection> },
  limitMs: number,
): Promise<Connection> {
  let connecting: Promise<Connection> | undefined;
  try {
    connecting = pool.connect();
    return await within(limitMs, connecting);
  } catch (error) {
    // It may still come, to nobody.
    connecting?.then(
      (late) => late.release(),
      () => {},
    );
    throw new NotSent(error);
  }
}

/** The value, or an error once the time is up. A plain timer: this is on the way of every append. */
function within<Value>(limitMs: number, value: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = () => reject(withCode('NO_ANSWER', `no answer from Postgres within ${Math.round(limitMs)} ms`));
    const timer = setTimeout(late, limitMs);
    value.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** An error of our own that says by a code what it is, as those of sockets do. */
function withCode(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
