import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool({ max: 20 });
});
afterAll(() => database.drop());

/** A call of each SQL function with one event, by the arguments it takes it in. */
const calls = {
  append_one: (trail: string, stream: string, expected: number, id: string) =>
    `select payment_trail.append_one('${trail}', '${stream}', ${expected}, '${id}', 'T', '{}', '{}') as answer`,
  append: (trail: string, stream: string, expected: number, id: string) =>
    `select payment_trail.append('${trail}', '{0}', '{${stream}}', '{${expected}}', '{1}', '{${id}}', '{T}', '{}', '{}')
     as answer`,
};

type Querying = Pick<pg.Pool | pg.PoolClient, 'query'>;

async function answerOf(connection: Querying, call: string): Promise<unknown> {
  const { rows } = await connection.query<{ answer: unknown }>(call);
  return rows[0]?.answer;
}

/** Until so many connections to this database wait for a lock. */
function untilWaiting(count: number): Promise<void> {
  return until(`${count} wait`, async () => {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0]?.count === count;
  });
}

/** Buffers of the table of heads and of its index that this transaction has touched. */
async function headsLookedAt(connection: Querying): Promise<number> {
  const { rows } = await connection.query<{ count: number }>(
    `select (pg_stat_get_xact_blocks_fetched('payment_trail.trails'::regclass)
       + pg_stat_get_xact_blocks_fetched('payment_trail.trails_pkey'::regclass))::int as count`,
  );
  return rows[0]?.count ?? 0;
}

describe.each(['append_one', 'append'] as const)('the SQL function %s', (name) => {
  const call = calls[name];

  it('lets processes that wait for one another in one behind the other, as they came', async () => {
    const trail = randomUUID();
    const first = await pool.connect();
    await first.query('begin');
    await first.query(call(trail, 's-0', 0, randomUUID()));
    const answers: Promise<unknown>[] = [];
    for (let index = 1; index <= 10; index += 1) {
      answers.push(answerOf(pool, call(trail, `s-${index}`, 0, randomUUID())));
      await untilWaiting(index);
    }
    await first.query('commit');
    first.release();
    expect(await Promise.all(answers)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('sees what was appended while it waited, and answers a conflict', async () => {
    const [trail, id] = [randomUUID(), randomUUID()];
    const first = await pool.connect();
    await first.query('begin');
    await first.query(call(trail, 's-1', 0, id));
    const answer = answerOf(pool, call(trail, 's-1', 0, randomUUID()));
    await untilWaiting(1);
    await first.query('commit');
    first.release();
    expect(await answer).toMatchObject([{ outcome: 'wrong', version: 1, missed: [{ eventId: id, position: 1 }] }]);
  });

  it('leaves the transaction it is called in usable after a conflict, with no position used up', async () => {
    const trail = randomUUID();
    await pool.query(call(trail, 's-1', 0, randomUUID()));
    const connection = await pool.connect();
    await connection.query('begin');
    expect(await answerOf(connection, call(trail, 's-1', 5, randomUUID()))).toMatchObject([{ outcome: 'wrong' }]);
    expect(await answerOf(connection, call(trail, 's-1', 1, randomUUID()))).toBe(2);
    await connection.query('commit');
    connection.release();
  });

  it('locks the head also for a repeated call, so that its commit waits for a standby as the first one did', async () => {
    const again = call(randomUUID(), 's-1', 0, randomUUID());
    await pool.query(again);
    const connection = await pool.connect();
    await connection.query('begin');
    expect(await answerOf(connection, again)).toEqual([{ outcome: 'repeated', version: 1, position: 1 }]);
    const { rows } = await connection.query('select pg_current_xact_id_if_assigned() is not null as assigned');
    expect(rows).toEqual([{ assigned: true }]);
    await connection.query('commit');
    connection.release();
  });

  it.each([0, 1])(
    'has a transaction that cannot see the last append repeated, not answered from what it saw: %i appends seen',
    async (seen) => {
      const trail = randomUUID();
      if (seen === 1) await pool.query(call(trail, 's-0', 0, randomUUID()));
      const connection = await pool.connect();
      await connection.query('begin isolation level repeatable read');
      await connection.query('select from payment_trail.trails');
      await pool.query(call(trail, 's-1', 0, randomUUID()));
      await expect(connection.query(call(trail, 's-2', 0, randomUUID()))).rejects.toMatchObject({ code: '40001' });
      await connection.query('rollback');
      connection.release();
    },
  );

  it('is not slowed down by a transaction that keeps old versions of the head from being removed', async () => {
    const trail = randomUUID();
    const holding = await pool.connect();
    await pool.query(call(trail, 's-0', 0, randomUUID()));
    await holding.query('begin isolation level repeatable read');
    await holding.query('select from payment_trail.trails');
    const connection = await pool.connect();
    for (let index = 1; index <= 600; index += 1) await connection.query(call(trail, `s-${index}`, 0, randomUUID()));
    await connection.query('begin');
    const before = await headsLookedAt(connection);
    await connection.query(call(trail, 's-601', 0, randomUUID()));
    expect((await headsLookedAt(connection)) - before).toBeLessThan(20);
    await connection.query('commit');
    connection.release();
    await holding.query('commit');
    holding.release();
  });
});
