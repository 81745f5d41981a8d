import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PostgresAppendHints, PostgresEventStore } from '../../../../src/adapters/postgres/index.ts';
import { anEvent } from '../../../../src/testing/eventStore/support.ts';
import type { TestDatabase } from '../../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../../support/postgres/testDatabase.ts';
import { until } from '../../../support/until.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool();
});
afterAll(() => database.drop());

function aListener(trail: string, listening = database.pool()) {
  const hints = new PostgresAppendHints({ pool: listening, trail });
  let count = 0;
  const unlisten = hints.listen(() => {
    count += 1;
  });
  onTestFinished(() => hints.close());
  return { hints, unlisten, pool: listening, count: () => count };
}

const append = (store: PostgresEventStore, stream = 'a-1') =>
  store.append([{ stream, expectedVersion: 'any', events: [anEvent()] }]);

describe('hints of appends', () => {
  it('come once it listens, and with what is appended by a store that sends them, to all who listen', async () => {
    const trail = randomUUID();
    const store = new PostgresEventStore({ pool, trail, notify: true });
    const [one, other] = [aListener(trail), aListener(trail)];
    await until('both listen', () => one.count() === 1 && other.count() === 1);
    await append(store);
    await until('both are hinted', () => one.count() === 2 && other.count() === 2);
  });

  it('do not come from a store that sends none, nor from another trail', async () => {
    const trail = randomUUID();
    const { count } = aListener(trail);
    await until('it listens', () => count() === 1);
    await append(new PostgresEventStore({ pool, trail }));
    const elsewhere = randomUUID();
    const other = aListener(elsewhere);
    await until('the other listens', () => other.count() === 1);
    await append(new PostgresEventStore({ pool, trail: elsewhere, notify: true }));
    await until('the other is hinted', () => other.count() === 2);
    expect(count()).toBe(1);
  });

  it('survive a connection that is lost, and whoever listens is hinted for what it may have missed', async () => {
    const trail = randomUUID();
    const store = new PostgresEventStore({ pool, trail, notify: true });
    const { count } = aListener(trail, database.pool({ application_name: trail }));
    await until('it listens', () => count() === 1);
    for (let lost = 1; lost <= 3; lost += 1) {
      const before = count();
      await pool.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [trail]);
      await until('it listens again', () => count() > before);
      const listening = count();
      await append(store);
      await until('it is hinted', () => count() > listening);
    }
  });

  it('go together while one is on its way, and an append waits for none', async () => {
    const trail = randomUUID();
    const store = new PostgresEventStore({ pool, trail, notify: true });
    const { count } = aListener(trail);
    await until('it listens', () => count() === 1);
    await Promise.all(Array.from({ length: 200 }, (_, index) => append(store, `a-${index}`)));
    await store.close();
    await until('it is hinted', () => count() > 1);
    expect(count()).toBeLessThan(100);
  });

  it('leave no connection behind that listens, whether or not one was to be had', async () => {
    const listening = database.pool({ max: 1 });
    const { hints, unlisten, count } = aListener(randomUUID(), listening);
    await until('it listens', () => count() === 1);
    unlisten();
    await hints.close();
    expect(listening.totalCount).toBe(0);
    const busy = await listening.connect();
    const waiting = aListener(randomUUID(), listening);
    await until('it waits for a connection', () => listening.waitingCount === 1);
    await waiting.hints.close();
    busy.release();
    await until('the late one is given back', () => listening.idleCount === 1 && listening.waitingCount === 0);
  });
});
