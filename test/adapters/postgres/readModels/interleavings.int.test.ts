import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { PostgresEventStore, PostgresReadModels } from '../../../../src/adapters/postgres/index.ts';
import { expectReplayOfAll, steps, take } from '../../../application/readModels/interleavings.ts';
import type { TestDatabase } from '../../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../../support/postgres/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('P8: a projection in Postgres equals a replay from zero', () => {
  it('after, and during, appends, catch-ups, rebuilds, new versions, crashes and aborts all at once', async () => {
    const pool = database.pool();
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const trail = randomUUID();
        const store = new PostgresEventStore({ pool, trail });
        const models = new PostgresReadModels({ pool, trail });
        await Promise.all(taken.map((step) => take(step, store, models)));
        await expectReplayOfAll(store, models);
        await store.close();
      }),
      { numRuns: 40, endOnFailure: true },
    );
  }, 60_000);
});
