import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../../src/adapters/audit/index.ts';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { AppendResult, EventStore, StreamAppend } from '../../../src/application/ports/eventStore.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const append = fc.record({
  stream: fc.constantFrom('a-1', 'b-1', 'c-1', 'NULL'),
  expectedVersion: fc.oneof(
    { weight: 3, arbitrary: fc.nat({ max: 5 }) },
    fc.constantFrom('any' as const, 'streamExists' as const, 'noStream' as const),
  ),
  events: fc.array(
    fc.record({
      eventId: fc.uuid(),
      type: fc.constantFrom('Happened', 'Failed'),
      data: fc.json({ maxDepth: 1 }).map((text) => JSON.stringify({ text })),
      metadata: fc.constant('{"actor":"test"}'),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
const unit = fc.uniqueArray(append, { minLength: 1, maxLength: 3, selector: ({ stream }) => stream });
/** What is asked for at once, and whether it is asked for a second time afterwards. */
const round = fc.record({ units: fc.array(unit, { minLength: 1, maxLength: 6 }), isRepeated: fc.boolean() });

/** What a caller is told, but for positions: batches put units of other streams in another order. */
function told(result: AppendResult): unknown {
  if (result.result === 'appended') return result.streams.map(({ stream, version }) => ({ stream, version }));
  return result.conflicts.map(({ missed, ...conflict }) => ({
    ...conflict,
    missed: missed.map(({ eventId, version, data }) => ({ eventId, version, data })),
  }));
}

async function play(store: EventStore, rounds: readonly (readonly (readonly StreamAppend[])[])[]): Promise<unknown> {
  const results = [];
  for (const units of rounds)
    results.push((await Promise.all(units.map((appends) => store.append(appends)))).map(told));
  return results;
}

describe('whatever is appended, by one call for each or by one for many', () => {
  it.each([1, 256])(
    'at most %i in a call: every caller is told what the store in memory tells, and the trail is intact',
    async (maxBatchUnits) => {
      const pool = database.pool();
      await fc.assert(
        fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 6 }), async (played) => {
          const rounds = played.flatMap(({ units, isRepeated }) => (isRepeated ? [units, units] : [units]));
          const store = new PostgresEventStore({ pool, trail: randomUUID(), limits: { maxBatchUnits } });
          expect(await play(store, rounds)).toEqual(await play(new InMemoryEventStore(), rounds));
          expect(await verify(store)).toMatchObject({ intact: true });
        }),
        { numRuns: 60 },
      );
    },
  );
});
