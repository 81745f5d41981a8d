import { Socket } from 'node:net';
import pg from 'pg';
import type { TrailHead } from '../../../application/ports/eventStore.ts';
import { quoteSchema } from '../../postgres/options.ts';
import { PostgresEventStore } from '../../postgres/index.ts';
import type { Cli } from './cli.ts';
import { badUsage, couldNotRun } from './cliError.ts';
import { messageOf } from './explain.ts';
import type { TrailFlags } from './options.ts';

const connectMs = 10_000;

/** Lends a pool on the database at DATABASE_URL, which answered once. */
export async function withDatabase<Result>(cli: Cli, work: (pool: pg.Pool) => Promise<Result>): Promise<Result> {
  const url = databaseUrl(cli.env);
  const sockets: Socket[] = [];
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'attach-payment-method',
    connectionTimeoutMillis: connectMs,
    stream: () => {
      const socket = new Socket();
      sockets.push(socket);
      return socket;
    },
  });
  // A connection that is lost while nobody uses it: whoever needs one next is told.
  pool.on('error', () => {});
  try {
    await checkAnswers(pool, url);
    cli.signal.throwIfAborted();
    return await work(pool);
  } finally {
    await pool.end();
    // The pool forgets a client that gave up by itself, as one does that is asked for a password and has none. Its socket
    // would keep the process alive until the server hangs up, a minute later.
    for (const socket of sockets) socket.destroy();
  }
}

/** A trail that is there, its store, and where it ended when it was opened. */
export type OpenTrail = { readonly pool: pg.Pool; readonly eventStore: PostgresEventStore; readonly head: TrailHead };

/** Lends the store of a trail, which may be empty. */
export function withStore<Result>(
  cli: Cli,
  { schema, trail }: TrailFlags,
  work: (open: OpenTrail) => Promise<Result>,
): Promise<Result> {
  return withDatabase(cli, async (pool) => {
    const eventStore = new PostgresEventStore({ pool, schema, trail });
    try {
      return await work({ pool, eventStore, head: await eventStore.readHead() });
    } finally {
      await eventStore.close();
    }
  });
}

/** Lends the store of a trail that holds events: a name that was mistyped must not pass for a trail that is empty. */
export function withTrail<Result>(
  cli: Cli,
  flags: TrailFlags,
  work: (open: OpenTrail) => Promise<Result>,
): Promise<Result> {
  return withStore(cli, flags, async (open) => {
    if (open.head.position === 0) throw couldNotRun(await noSuchTrail(open.pool, flags));
    return work(open);
  });
}

/** The address, checked, and never repeated: it may hold a password. */
function databaseUrl(env: NodeJS.ProcessEnv): string {
  const { DATABASE_URL: url = '' } = env;
  const example = 'postgres://user:password@127.0.0.1:5432/database';
  if (url === '') throw badUsage(`DATABASE_URL is not set. Set it to your database, as in ${example}`);
  if (URL.canParse(url) && /^postgres(?:ql)?:$/.test(new URL(url).protocol)) return url;
  throw badUsage(`DATABASE_URL is not an address of Postgres. It must look like ${example}`);
}

async function checkAnswers(pool: pg.Pool, url: string): Promise<void> {
  try {
    (await pool.connect()).release();
  } catch (error) {
    const { host, pathname } = new URL(url);
    throw couldNotRun(
      `The database ${host}${pathname} cannot be reached: ${messageOf(error)}. Check that it is up and that DATABASE_URL is right, its password too.`,
      error,
    );
  }
}

const namesShown = 10;

async function noSuchTrail(pool: pg.Pool, { schema, trail }: TrailFlags): Promise<string> {
  const text = `select distinct trail::text as trail from ${quoteSchema(schema)}.trails order by 1 limit ${namesShown}`;
  const { rows } = await pool.query<{ trail: string }>(text);
  const names = rows.map((row) => row.trail).filter((name) => name !== trail);
  const others = names.length === 0 ? 'No trail has events yet.' : `Trails with events: ${names.join(', ')}.`;
  return `Trail ${trail} has no events in schema ${schema}: there is no such trail, or nothing was appended yet. ${others}`;
}
