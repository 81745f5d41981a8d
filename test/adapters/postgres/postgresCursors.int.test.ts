import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresCursors } from '../../../src/adapters/postgres/index.ts';
import { cursorsContract } from '../../../src/testing/cursorsContract.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';

let database: TestDatabase;
let pool: ReturnType<TestDatabase['pool']>;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool();
});
afterAll(() => database.drop());

describe('PostgresCursors keeps the contract of cursors', () => {
  const makeCursors = async () => new PostgresCursors({ pool, trail: randomUUID() });
  for (const { name, run } of cursorsContract(makeCursors)) it(name, run);
});

describe('cursors in Postgres', () => {
  it('are each trail’s own', async () => {
    const [one, two] = [randomUUID(), randomUUID()].map((trail) => new PostgresCursors({ pool, trail }));
    await one?.save('a', '1');
    expect(await two?.load('a')).toBe(null);
  });

  it('say what is missing where the tables are not there', async () => {
    const cursors = new PostgresCursors({ pool, schema: 'nowhere' });
    await expect(cursors.load('a')).rejects.toMatchObject({ code: 'STORE_SCHEMA_MISSING' });
  });
});
