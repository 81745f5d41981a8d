import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import { eventStoreContract } from '../../../src/testing/eventStoreContract.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';

let database: TestDatabase;
let pool: ReturnType<TestDatabase['pool']>;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool();
});
afterAll(() => database.drop());

describe('PostgresEventStore keeps the event store contract', () => {
  const makeStore = async (trail: string = randomUUID()) => new PostgresEventStore({ pool, trail });
  for (const { name, run } of eventStoreContract(makeStore)) it(name, run);
});

describe('P6: many processes on one new trail', () => {
  it('never refuse each other, and leave positions without a gap, versions in order and instants that never run back', async () => {
    const trail = randomUUID();
    const anEvent = () => ({ eventId: randomUUID(), type: 'SomethingHappened', data: '{}', metadata: '{}' });
    const stores = Array.from(
      { length: 20 },
      () => new PostgresEventStore({ pool: database.pool({ max: 1 }), trail, limits: { maxBatchUnits: 1 } }),
    );
    await Promise.all(
      stores.flatMap((store, index) =>
        Array.from({ length: 20 }, (_, round) =>
          store.append([
            { stream: `s-${(index + round) % 7}`, expectedVersion: 'any', events: [anEvent(), anEvent()] },
          ]),
        ),
      ),
    );
    const [reader] = stores;
    const versions = new Map<string, number>();
    let position = 0;
    let instant = '';
    for await (const event of reader?.readTrail() ?? []) {
      expect(event.position).toBe(position + 1);
      expect(event.version).toBe((versions.get(event.stream) ?? 0) + 1);
      expect(event.recordedAt >= instant).toBe(true);
      versions.set(event.stream, event.version);
      ({ position, recordedAt: instant } = event);
    }
    expect(position).toBe(800);
  });
});
