import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from 'vitest';
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
