import { randomUUID } from 'node:crypto';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import pg from 'pg';
import { startLocalPostgres } from '../src/adapters/localPostgres/index.ts';
import { sample } from './appenders/appender.ts';
import type { Contender, Row } from './harness.ts';
import { compare } from './harness.ts';

const sizes = [10_000, 1_000_000, 5_000_000];
const filledAtOnce = 10_000;
/** What the trails are filled with: small, so that the largest one is 4 GB. */
const filling = JSON.stringify({ paymentMethodId: 'pm_1MqM05LkdIwHu7ixlDxxO6Mc', note: 'x'.repeat(200) });

type Trail = { readonly size: number; readonly pool: pg.Pool; readonly store: PostgresEventStore };

/**
 * Appends per second of one event of 1 KB behind trails of different lengths, each in a database of its own on one fully
 * durable server, in turn: to new streams, and to old ones taken at random. The connections are those that saw the
 * tables empty: a plan that only suits small tables would show.
 */
export async function benchGrowth(rounds: number, print: (line: string) => void): Promise<Row[]> {
  const server = await startLocalPostgres({ settings: { max_wal_size: '4GB' } });
  const trails: Trail[] = [];
  try {
    for (const size of sizes) trails.push(await makeTrail(server.url, size, print));
    const contenders = [...trails.map(toNewStreams), ...trails.map(toOldStreams)];
    return await compare({ contenders, floor: nameOf(sizes[0]), callers: [1, 32], rounds, callsPerSample, print });
  } finally {
    for (const { store, pool } of trails) {
      await store.close();
      await pool.end();
    }
    await server.stop();
  }
}

function callsPerSample(callers: number): number {
  return callers === 1 ? 300 : 2400;
}

async function makeTrail(serverUrl: string, size: number, print: (line: string) => void): Promise<Trail> {
  const name = `growth_${size}`;
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = new URL(serverUrl);
  url.pathname = name;
  const pool = new pg.Pool({ connectionString: url.href, max: 10, idleTimeoutMillis: 0 });
  // A connection that is still closing when the server stops has nobody else to tell.
  pool.on('error', () => {});
  await migrate({ pool });
  const store = new PostgresEventStore({ pool });
  await planWhileEmpty(store);
  const begun = performance.now();
  for (let from = 1; from <= size; from += filledAtOnce) await fill(pool, from);
  await pool.query('vacuum analyze');
  await pool.query('checkpoint');
  const { rows } = await pool.query<{ size: string }>(
    'select pg_size_pretty(pg_database_size(current_database())) as size',
  );
  print(
    `${size.toLocaleString('en')} events: ${rows[0]?.size}, filled in ${Math.round((performance.now() - begun) / 1000)} s`,
  );
  return { size, pool, store };
}

/** Has the usual connections make their plans, for one event and for many. */
async function planWhileEmpty(store: PostgresEventStore): Promise<void> {
  const append = (stream: string) => appendTo(store, stream, 0);
  for (let index = 0; index < 10; index += 1) {
    await append(`first-${index}`);
    await Promise.all(Array.from({ length: 40 }, (_, other) => append(`first-${index}-${other}`)));
  }
}

/** In the database, by the function that appends: the chain is as it would be. */
async function fill(pool: pg.Pool, from: number): Promise<void> {
  await pool.query(
    `select payment_trail.append('default', array_agg(n), array_agg('paymentMethod-pm_1' || to_char(n, 'FM0000000')),
       array_agg(0::bigint), array_agg(null::uuid), array_agg(1), array_agg(gen_random_uuid()), array_agg('PaymentMethodAttached'::text),
       string_agg($1, e'\\x1f'), string_agg('{"actor":"bench"}', e'\\x1f'), 60000)
     from generate_series($2::integer, $3::integer) n`,
    [filling, from, from + filledAtOnce - 1],
  );
}

/** As Stripe names payment methods: the newest sorts last. */
function toNewStreams({ size, store }: Trail): Contender {
  return { name: nameOf(size), once: (index) => appendTo(store, `paymentMethod-pm_2${index}`, 0) };
}

/** Each stream in turn, in an order that is all over the trail: 7919 is prime to every size. */
function toOldStreams({ size, store }: Trail): Contender {
  let calls = 0;
  const once = () => {
    const stream = 1 + ((calls * 7919) % size);
    const version = 1 + Math.floor(calls / size);
    calls += 1;
    return appendTo(store, `paymentMethod-pm_1${String(stream).padStart(7, '0')}`, version);
  };
  return { name: `${nameOf(size)} (old streams)`, floor: `${nameOf(sizes[0])} (old streams)`, once };
}

async function appendTo(store: PostgresEventStore, stream: string, expectedVersion: number): Promise<void> {
  const { result } = await store.append([{ stream, expectedVersion, events: [{ eventId: randomUUID(), ...sample }] }]);
  if (result !== 'appended') throw new Error(`the bench wants appended, and got ${result} for ${stream}`);
}

function nameOf(size = 0): string {
  return size === sizes.at(-1) ? 'ours' : `ours at ${size.toLocaleString('en')} events`;
}
