import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import { append, appendedBehindOne, holdTurns, untilWaiting } from './support.ts';

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
    const letGo = await holdTurns(admin);
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
    const letGo = await holdTurns(admin);
    const appending = append(store);
    await expect.poll(tries).toBeGreaterThan(2);
    await letGo();
    expect(await appending).toEqual(appendedBehindOne);
  });

  it('of the call ends its wait for a turn, unless the host has one of its own, and is gone when the turn has come', async () => {
    const calls = (waitMs: number) => [
      `select payment_trail.append_one('locks', 's-1', 0, null, gen_random_uuid(), 'T', '{}', '{}', ${waitMs})`,
      `select payment_trail.append('locks', '{1}', '{s-2}', '{0}', '{NULL}', '{1}', array[gen_random_uuid()], '{T}', '{}', '{}', ${waitMs})`,
    ];
    const client = await admin.connect();
    for (const own of ['0', '3s']) {
      for (const call of calls(10_000)) {
        await client.query('begin');
        await client.query(`set local lock_timeout = '${own}'`);
        await client.query(call);
        expect((await client.query('show lock_timeout')).rows).toEqual([{ lock_timeout: own }]);
        await client.query('rollback');
      }
    }
    await client.query(calls(10_000).join(';'));
    const letGo = await holdTurns(admin);
    for (const call of calls(20)) await expect(client.query(call)).rejects.toMatchObject({ code: '55P03' });
    for (const call of calls(10_000)) {
      const own = client.query(`begin; set local lock_timeout = 20; ${call}`);
      await expect(own).rejects.toMatchObject({ code: '55P03' });
      await client.query('rollback');
    }
    await letGo();
    client.release();
  });
});

describe.each(['repeatable read', 'serializable'])('a host that prefers transactions that are %s', (level) => {
  it('has its appends made at read committed: none is lost, refused or given up', async () => {
    const { pool } = await warmStore(`-c default_transaction_isolation=${level.replace(' ', '\\ ')}`, 'strict');
    const tries = countTries(pool);
    const stores = Array.from({ length: 5 }, () => new PostgresEventStore({ pool, trail: `t-${trail}` }));
    const appends = stores.flatMap((store) => [1, 2, 3].map(() => append(store, 'a-1', 'any')));
    for (const result of await Promise.all(appends)) expect(result).toMatchObject({ result: 'appended' });
    expect(await stores[0]?.readHead()).toMatchObject({ position: 16 });
    expect(tries()).toBeLessThanOrEqual(appends.length + 1);
  });

  it('hears of a conflict with what it could not see when it began to wait', async () => {
    const { store, pool } = await warmStore(`-c default_transaction_isolation=${level.replace(' ', '\\ ')}`, 'waiting');
    const first = await admin.connect();
    const other = `t-${trail}`;
    await first.query('begin');
    const call = `'a-1', 0, null, gen_random_uuid(), 'T', '{}', '{}', 10000`;
    await first.query(`select payment_trail.append_one('${other}', ${call})`);
    const appending = append(store, 'a-1', 0);
    await untilWaiting(admin, 'waiting');
    await first.query('commit');
    first.release();
    expect(await appending).toMatchObject({ conflicts: [{ currentVersion: 1, missed: [{ position: 2 }] }] });
    expect((await pool.query('show transaction_isolation')).rows).toEqual([{ transaction_isolation: level }]);
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
    const letGo = await holdTurns(admin);
    const appending = append(store);
    await untilWaiting(admin, 'patient');
    await letGo();
    expect(await appending).toEqual(appendedBehindOne);
    expect(tries()).toBe(1);
  });
});
