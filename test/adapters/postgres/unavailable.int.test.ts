import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';

const anEvent = () => ({ eventId: randomUUID(), type: 'SomethingHappened', data: '{}', metadata: '{}' });
const append = (store: PostgresEventStore, stream = 'a-1') =>
  store.append([{ stream, expectedVersion: 0, events: [anEvent()] }]);

describe('a database without the schema', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
  });
  afterAll(() => database.drop());

  it('is reported with what to do', async () => {
    const store = new PostgresEventStore({ pool: database.pool() });
    const expected = { code: 'STORE_SCHEMA_MISSING', message: expect.stringContaining('migrate({ pool, schema })') };
    await expect(append(store)).rejects.toMatchObject(expected);
    await expect(store.readStream('a-1')).rejects.toMatchObject(expected);
  });
});

describe('an unreachable database', () => {
  it('is reported after a bounded number of tries, with nothing written', async () => {
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
    const store = new PostgresEventStore({ pool });
    await expect(append(store)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await pool.end();
  });
});

describe('a connection that is lost', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('during an append is repeated, and the event is there once', async () => {
    const pool = database.pool({ application_name: 'victim' });
    const killer = database.pool();
    const store = new PostgresEventStore({ pool });
    await append(store, 'warm-1');
    // Holds the head, so that the append is in flight for certain when its backend is ended.
    const holder = await killer.connect();
    await holder.query('begin; select from payment_trail.trails for update');
    const appending = append(store);
    await untilWaiting(killer);
    await killer.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'`);
    await holder.query('rollback');
    holder.release();
    expect(await appending).toMatchObject({ result: 'appended' });
    expect(await store.readStream('a-1')).toHaveLength(1);
  });

  it('after the commit is recognised on the repeat: a success, and no second event', async () => {
    const real = database.pool();
    let lost = 0;
    const store = new PostgresEventStore({
      pool: {
        connect: () => real.connect(),
        async query(query) {
          const answer = await real.query(query);
          if (!query.text.includes('append(') || (lost += 1) > 2) return answer;
          throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
        },
      },
      trail: 'lost-acks',
    });
    expect(await append(store)).toEqual({ result: 'appended', streams: [{ stream: 'a-1', version: 1, position: 1 }] });
    expect(lost).toBe(3);
    expect(await store.readStream('a-1')).toHaveLength(1);
  });
});

async function untilWaiting(pool: pg.Pool): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await pool.query(
      `select from pg_stat_activity where application_name = 'victim' and wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the append never waited');
}
