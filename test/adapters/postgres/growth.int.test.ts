import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const anEvent = () => ({ eventId: randomUUID(), type: 'SomethingHappened', data: '{}', metadata: '{}' });

it('an append reads a handful of rows, however long the trail, on a connection that saw it empty', async () => {
  const pool = database.pool({ max: 1 });
  const store = new PostgresEventStore({ pool });
  const append = (stream: string, count: number, expectedVersion: number, lastEventId?: string) =>
    store.append([{ stream, expectedVersion, lastEventId, events: Array.from({ length: count }, anEvent) }]);
  const rowsRead = async () => {
    const { rows } = await pool.query<{ read: number }>(
      `select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables
       where schemaname = 'payment_trail' and relname = 'events'`,
    );
    return rows[0]?.read ?? 0;
  };
  // Enough calls for the plan to be settled while there is next to nothing to read.
  for (let index = 0; index < 10; index += 1) await append(`small-${index}`, 1, 0);
  for (let index = 0; index < 10; index += 1) await append(`large-${index}`, 500, 0);
  const seen = async (stream: string) => (await store.readStream(stream)).at(-1)?.eventId;
  const [one, two] = [await seen('large-1'), await seen('large-2')];
  for (const call of [
    () => append('new-1', 1, 0),
    () => append('new-1', 1, 1),
    () => append('new-1', 1, 0),
    () => append('large-1', 1, 500, one),
    () => append('large-2', 2, 500, two),
  ]) {
    await pool.query('begin');
    const before = await rowsRead();
    await call();
    expect((await rowsRead()) - before).toBeLessThan(10);
    await pool.query('commit');
  }
});
