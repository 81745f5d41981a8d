import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresLeases } from '../../../src/adapters/postgres/index.ts';
import { leasesContract } from '../../../src/testing/leasesContract.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';

let database: TestDatabase;
let pool: ReturnType<TestDatabase['pool']>;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool();
});
afterAll(() => database.drop());

describe('PostgresLeases keeps the contract of leases', () => {
  const makeLeases = async () => new PostgresLeases({ pool, trail: randomUUID() });
  for (const { name, run } of leasesContract(makeLeases, (ms) => sleep(ms))) it(name, run);
});

describe('leases in Postgres', () => {
  it('are each trail’s own', async () => {
    const [one, two] = [randomUUID(), randomUUID()].map((trail) => new PostgresLeases({ pool, trail }));
    expect(await one?.acquire('a', 'x', 60_000)).toBe(true);
    expect(await two?.acquire('a', 'y', 60_000)).toBe(true);
  });

  it('that ended leave no row behind for ever', async () => {
    const trail = randomUUID();
    const leases = new PostgresLeases({ pool, trail });
    for (const name of ['a', 'b', 'c']) await leases.acquire(name, 'x', 1);
    await leases.acquire('d', 'x', 60_000);
    await sleep(5);
    await leases.release('d', 'x');
    const { rows } = await pool.query('select name from payment_trail.leases where trail = $1', [trail]);
    expect(rows).toEqual([]);
  });

  it('say what is missing where the tables are not there', async () => {
    const leases = new PostgresLeases({ pool, schema: 'nowhere' });
    await expect(leases.acquire('a', 'x', 1)).rejects.toMatchObject({ code: 'STORE_SCHEMA_MISSING' });
  });
});
