import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import { append, appendedBehindOne, holdHeads, untilWaiting } from './support.ts';

let database: TestDatabase;
let admin: ReturnType<TestDatabase['pool']>;
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

describe('a statement timeout', () => {
  it('ends an append at once, with nothing written: a repeat would run into it again', async () => {
    const { store, pool } = await warmStore('-c statement_timeout=100', 'hurried');
    let tries = 0;
    pool.on('acquire', () => (tries += 1));
    const letGo = await holdHeads(admin);
    await expect(append(store)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { sqlState: '57014' } });
    await letGo();
    expect(tries).toBe(1);
    expect(await store.readStream('a-1')).toEqual([]);
  });
});

describe('a lock timeout', () => {
  it('is waited out', async () => {
    const { store, pool } = await warmStore('-c lock_timeout=20', 'shy');
    let tries = 0;
    pool.on('acquire', () => (tries += 1));
    const letGo = await holdHeads(admin);
    const appending = append(store);
    await expect.poll(() => tries).toBeGreaterThan(2);
    await letGo();
    expect(await appending).toEqual(appendedBehindOne);
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
    const name = new URL(database.url).pathname.slice(1);
    await admin.query(`alter database ${name} set default_transaction_read_only = on`);
    // A connection keeps the default it began with: without a new one the append would fail for ever.
    pool.once('remove', () => void admin.query(`alter database ${name} reset default_transaction_read_only`));
    expect(await append(store)).toEqual(appendedBehindOne);
  });
});

describe('a warning that is not about a standby', () => {
  it('changes nothing', async () => {
    const { store, pool } = await warmStore('', 'warned');
    const heard: unknown[] = [];
    pool.on('connect', (client) => client.on('notice', ({ code }) => heard.push(code)));
    await admin.query(`create function public.warn() returns trigger language plpgsql as
      $$ begin raise warning 'the transaction might not have been replicated'; return new; end $$`);
    await admin.query('create trigger warn before insert on payment_trail.events for each row execute function warn()');
    expect(await append(store)).toEqual(appendedBehindOne);
    // The host's own listener is still there, and heard it once: there was no repeat.
    expect(heard).toEqual(['01000']);
    await admin.query('drop trigger warn on payment_trail.events');
  });
});

describe('an append that waits for another', () => {
  it('waits for the lock, and not for its own retries', async () => {
    const { store, pool } = await warmStore('', 'patient');
    let tries = 0;
    pool.on('acquire', () => (tries += 1));
    const letGo = await holdHeads(admin);
    const appending = append(store);
    await untilWaiting(admin, 'patient');
    await letGo();
    expect(await appending).toEqual(appendedBehindOne);
    expect(tries).toBe(1);
  });
});
