import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { verify } from '../../src/adapters/audit/index.ts';
import { migrate, PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres/testDatabase.ts';
import { namedAppend, readAll } from './appends.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
});
afterAll(() => database.drop());

/** Whatever is not text is the host's own to parse, in its own way. */
const hostsParsers: pg.CustomTypesConfig = {
  getTypeParser: (oid) => (value: unknown) => (oid === pg.types.builtins.TEXT ? value : { parsedByTheHost: value }),
};

/** All that is done to a store in its life. */
async function useStore(pool: pg.Pool): Promise<void> {
  await migrate({ pool });
  const store = new PostgresEventStore({ pool });
  const both = [0, 1].map((expectedVersion) =>
    namedAppend(`at-${expectedVersion}`, [{ stream: 'a-1', expectedVersion }]),
  );
  for (const append of both) expect(await store.append(append)).toMatchObject({ result: 'appended' });
  expect(await store.append(namedAppend('late', [{ stream: 'a-1', expectedVersion: 0 }]))).toMatchObject({
    result: 'conflict',
    conflicts: [{ currentVersion: 2, missed: await store.readStream('a-1') }],
  });
  expect(await readAll(store)).toHaveLength(2);
  expect(await verify(store)).toMatchObject({ intact: true, events: 2 });
  await store.close();
}

/** All of the host's that the store comes near to. */
async function stateOf(pool: pg.Pool, client: pg.PoolClient) {
  const settings = `select name, setting from pg_settings where name not like 'plpgsql.%' order by name`;
  const locks = `select from pg_locks where pid = pg_backend_pid() and locktype = 'advisory'`;
  return {
    parsers: Object.values(pg.types.builtins).map((oid): unknown => pg.types.getTypeParser(oid)),
    settings: (await pool.query(settings)).rows,
    locks: (await pool.query(locks)).rowCount,
    transaction: client.getTransactionStatus(),
    poolListeners: pool.eventNames().map((name) => [name, pool.listeners(name)]),
    clientListeners: client.eventNames().map((name) => [name, client.listeners(name)]),
    processListeners: process.eventNames().map((name) => [name, process.listeners(name as 'exit')]),
    connections: [pool.totalCount, pool.idleCount, pool.waitingCount],
    options: { ...pool.options },
  };
}

describe('P12: the host is untouched', () => {
  it('its parsers, settings, listeners and console are as they were, its pool is open, and no parser of its own disturbs', async () => {
    const printing = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name));
    const pool = database.pool({ max: 1, types: hostsParsers, options: '-c search_path=pg_temp -c DateStyle=German' });
    const client = await pool.connect();
    client.release();
    const before = await stateOf(pool, client);
    await useStore(pool);
    expect(await stateOf(pool, client)).toEqual(before);
    for (const method of printing) expect(method).not.toHaveBeenCalled();
  });
});
