import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import { append, appendedBehindOne, holdHeads, untilWaiting } from './support.ts';

let database: TestDatabase;
let admin: pg.Pool;
let trail = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = database.pool();
});
afterEach(() => {
  trail += 1;
});
afterAll(() => database.drop());

/** A store on a trail of its own with one event, on connections that are set up so. */
async function warmStore(options: string, application_name: string) {
  const pool = database.pool({ options, application_name });
  await append(new PostgresEventStore({ pool: admin, trail: `t-${trail}` }), 'warm-1');
  return { pool, store: new PostgresEventStore({ pool, trail: `t-${trail}` }) };
}

/** How often a connection was asked for since now: the tries of a call. */
function countTries(pool: pg.Pool): () => number {
  let tries = 0;
  pool.on('acquire', () => (tries += 1));
  return () => tries;
}

describe('a statement timeout', () => {
  it('ends an append at once, with nothing written: a repeat would run into it again', async () => {
    const { store, pool } = await warmStore('-c statement_timeout=100', 'hurried');
    const tries = countTries(pool);
    const letGo = await holdHeads(admin);
    await expect(append(store)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { sqlState: '57014' } });
    await letGo();
    expect(tries()).toBe(1);
    expect(await store.readStream('a-1')).toEqual([]);
  });
});

describe('a lock timeout', () => {
  it('is waited out', async () => {
    const { store, pool } = await warmStore('-c lock_timeout=20', 'shy');
    const tries = countTries(pool);
    const letGo = await holdHeads(admin);
    const appending = append(store);
    await expect.poll(tries).toBeGreaterThan(2);
    await letGo();
    expect(await appending).toEqual(appendedBehindOne);
  });

  it('of ten seconds ends the wait of a call that was given up, unless the host has one of its own', async () => {
    const appendOne = "select payment_trail.append_one('locks', 's-1', 0, gen_random_uuid(), 'T', '{}', '{}')";
    const appendMany =
      "select payment_trail.append('locks', '{1}', '{s-2}', '{0}', '{1}', array[gen_random_uuid()], '{T}', '{}', '{}')";
    for (const call of [appendOne, appendMany]) {
      for (const [own, expected] of [
        ['0', '10s'],
        ['3s', '3s'],
      ]) {
        const client = await admin.connect();
        await client.query('begin');
        await client.query(`set local lock_timeout = '${own}'`);
        await client.query(call);
        expect((await client.query('show lock_timeout')).rows).toEqual([{ lock_timeout: expected }]);
        await client.query('rollback');
        client.release();
      }
    }
  });
});

describe('a host that prefers serializable transactions', () => {
  it('has its serialization failures repeated until every append is in', async () => {
    const { pool } = await warmStore('-c default_transaction_isolation=serializable', 'serial');
    const stores = Array.from({ length: 5 }, () => new PostgresEventStore({ pool, trail: `t-${trail}` }));
    const appends = stores.flatMap((store) => [1, 2, 3].map(() => append(store, 'a-1', 'any')));
    for (const result of await Promise.all(appends)) expect(result).toMatchObject({ result: 'appended' });
    expect(await stores[0]?.readHead()).toMatchObject({ position: 16 });
  });
});

describe('a server that takes no writes', () => {
  it('has its connections discarded, and the append goes through once a new one may write', async () => {
    const { store, pool } = await warmStore('', 'demoted');
    const setting = `database ${new URL(database.url).pathname.slice(1)}`;
    const takeWrites = () => admin.query(`alter ${setting} reset default_transaction_read_only`);
    await admin.query(`alter ${setting} set default_transaction_read_only = on`);
    onTestFinished(async () => void (await takeWrites()));
    // A connection keeps the default it began with: without a new one the append would fail for ever.
    pool.once('remove', () => void takeWrites());
    expect(await append(store)).toEqual(appendedBehindOne);
  });
});

describe('a warning that is not about a standby', () => {
  it('changes nothing', async () => {
    const { store, pool } = await warmStore('', 'warned');
    const tries = countTries(pool);
    const heard: unknown[] = [];
    pool.on('connect', (client) => client.on('notice', ({ code }) => heard.push(code)));
    await admin.query(`create function public.warn() returns trigger language plpgsql as
      $$ begin raise warning 'the transaction might not have been replicated'; return new; end $$`);
    await admin.query('create trigger warn before insert on payment_trail.events for each row execute function warn()');
    onTestFinished(async () => void (await admin.query('drop trigger warn on payment_trail.events')));
    expect(await append(store)).toEqual(appendedBehindOne);
    expect(tries()).toBe(1);
    // The host's own listener heard it as well.
    expect(heard).toEqual(['01000']);
  });
});

describe('an append that waits for another', () => {
  it('waits for the lock, and not for its own retries', async () => {
    const { store, pool } = await warmStore('', 'patient');
    const tries = countTries(pool);
    const letGo = await holdHeads(admin);
    const appending = append(store);
    await untilWaiting(admin, 'patient');
    await letGo();
    expect(await appending).toEqual(appendedBehindOne);
    expect(tries()).toBe(1);
  });
});
