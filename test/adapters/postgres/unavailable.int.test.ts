import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import { anEvent, append, holdTurns } from './support.ts';

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
  it('is reported when the deadline ends, with nothing written and the reason', async () => {
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
    const store = new PostgresEventStore({ pool, limits: { deadlineMs: 300 } });
    const startedAt = performance.now();
    await expect(append(store)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('(ECONNREFUSED); nothing was written.'),
    });
    expect(performance.now() - startedAt).toBeLessThan(600);
    await pool.end();
  });

  it('that is a pool which was ended, or is used up, is known to have been sent nothing', async () => {
    const ended = new pg.Pool({ host: '127.0.0.1', port: 1 });
    await ended.end();
    const never = { connect: () => new Promise<never>(() => {}) };
    for (const pool of [ended, never]) {
      const store = new PostgresEventStore({ pool, limits: { deadlineMs: 300 } });
      await expect(append(store)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await store.close();
    }
  });
});

describe('a database that does not answer', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('is given up within the deadline, as perhaps committed, and the store goes on', async () => {
    const store = new PostgresEventStore({ pool: database.pool(), limits: { deadlineMs: 600 } });
    await append(store, 'warm-1');
    const letGo = await holdTurns(database.pool());
    await expect(append(store, 'a-1')).rejects.toMatchObject({ code: 'STORE_COMMIT_UNKNOWN' });
    await letGo();
    expect(await append(store, 'b-1')).toMatchObject({ result: 'appended' });
    await store.close();
  });
});

describe('a server that prefers speed to safety', () => {
  it.each([
    `append_one('default', 'b-1', 0, null, gen_random_uuid(), 'T', '{}', '{}', 10000)`,
    `append('default', '{0}', '{b-1}', '{0}', '{NULL}', '{1}', array[gen_random_uuid()], '{T}', '{}', '{}', 10000)`,
  ])('P11: still flushes an append before it is acknowledged, by %s', async (append) => {
    const database = await createTestDatabase();
    const pool = database.pool({ options: '-c synchronous_commit=off', max: 1 });
    await new PostgresEventStore({ pool }).append([{ stream: 'a-1', expectedVersion: 0, events: [anEvent()] }]);
    await pool.query(`begin; select payment_trail.${append}`);
    const { rows } = await pool.query('show synchronous_commit');
    expect(rows).toEqual([{ synchronous_commit: 'on' }]);
    await pool.query('rollback');
    expect((await pool.query('show synchronous_commit')).rows).toEqual([{ synchronous_commit: 'off' }]);
    await database.drop();
  });
});

describe('one bad append in a batch', () => {
  it('that only the database can refuse fails alone', async () => {
    const database = await createTestDatabase();
    const store = new PostgresEventStore({ pool: database.pool() });
    await database.pool().query(`alter table payment_trail.events add check (type <> 'Unwanted')`);
    const unwanted = { ...anEvent(), type: 'Unwanted' };
    const [bad, good] = await Promise.allSettled([
      store.append([{ stream: 'a-1', expectedVersion: 0, events: [unwanted] }]),
      append(store, 'b-1'),
    ]);
    expect(bad).toMatchObject({
      status: 'rejected',
      reason: { code: 'STORE_REFUSED', details: { sqlState: '23514' } },
    });
    expect(good).toMatchObject({ status: 'fulfilled', value: { result: 'appended' } });
    await database.drop();
  });
});

describe('a batch that the host has no time for', () => {
  it('is sent in halves, so that an append beside a large one is not failed by it', async () => {
    const database = await createTestDatabase();
    const pool = database.pool({ options: '-c statement_timeout=300' });
    const store = new PostgresEventStore({ pool, limits: { lanes: 1 } });
    await append(store, 'warm-1');
    await database.pool().query(`create function public.tire() returns trigger language plpgsql as
      $$ begin perform pg_sleep(0.01); return new; end $$;
      create trigger tire before insert on payment_trail.events for each row when (new.stream like 'large-%') execute function tire()`);
    const large = (stream: string) =>
      store.append([{ stream, expectedVersion: 0, events: Array.from({ length: 20 }, () => anEvent()) }]);
    const results = await Promise.all([large('large-1'), append(store, 'small-1'), large('large-2')]);
    for (const result of results) expect(result).toMatchObject({ result: 'appended' });
    await database.drop();
  });
});

describe('options that make no sense', () => {
  it('are refused where a pool should be', async () => {
    for (const pool of [undefined, null, {}, 'postgres://']) {
      const options = { pool } as unknown as { pool: pg.Pool };
      expect(() => new PostgresEventStore(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
      await expect(migrate(options)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    }
  });

  it.each([
    [{ limits: { lanes: 0 } }],
    [{ limits: { maxBatchUnits: Number.NaN } }],
    [{ limits: { deadlineMs: 1.5 } }],
    [{ limits: { deadlineMs: 2_147_483_648 } }],
    [{ limits: { deadlineMs: Infinity } }],
    [{ trail: 'acct 1' }],
    [{ schema: 'a"b' }],
  ])('%j are refused at once', (options) => {
    const pool = { connect: () => Promise.reject(new Error('not to be reached')) };
    expect(() => new PostgresEventStore({ pool, ...options })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS' }),
    );
  });
});
