import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresReadModels } from '../../../../src/adapters/postgres/index.ts';
import { readModelsContract } from '../../../../src/testing/readModelsContract.ts';
import type { TestDatabase } from '../../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../../support/postgres/testDatabase.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool();
});
afterAll(() => database.drop());

describe('PostgresReadModels keeps the read models contract', () => {
  const makeReadModels = async (trail: string = randomUUID()) => new PostgresReadModels({ pool, trail });
  for (const { name, run } of readModelsContract(makeReadModels)) it(name, run);
});

describe('PostgresReadModels', () => {
  it('leaves no row of what was dropped, however many documents it had', async () => {
    const trail = randomUUID();
    const models = new PostgresReadModels({ pool, trail });
    const cards = { name: 'cards', version: 1 };
    for (let round = 0; round < 2; round += 1) {
      const { id } = await models.begin(cards);
      const changes = Array.from({ length: 25_000 }, (_, index) => ({ key: `pm_${index}`, document: '{"n":1}' }));
      await models.apply('cards', id, { from: 0, to: 1, changes });
      await models.activate('cards', id);
    }
    const { rows } = await pool.query(
      `select (select count(*) from payment_trail.documents where trail = $1)::int as documents,
        (select count(*) from payment_trail.generations where trail = $1)::int as generations`,
      [trail],
    );
    expect(rows).toEqual([{ documents: 25_000, generations: 1 }]);
  });

  it('removes with the next building what a crash left of a dropped one', async () => {
    const trail = randomUUID();
    const models = new PostgresReadModels({ pool, trail });
    const { id } = await models.begin({ name: 'cards', version: 1 });
    await models.apply('cards', id, { from: 0, to: 1, changes: [{ key: 'a', document: '1' }] });
    await pool.query(`update payment_trail.generations set state = 'dropped' where trail = $1`, [trail]);
    expect((await models.begin({ name: 'cards', version: 1 })).id).not.toBe(id);
    const left = 'select generation::text as id from payment_trail.documents where trail = $1';
    expect((await pool.query(left, [trail])).rows).toEqual([]);
  });
});
