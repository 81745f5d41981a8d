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
    `select payment_trail.append_one('${trail}', '${stream}', ${expected}, null, '${id}', 'T', '{}', '{}', 10000) as answer`,
  append: (trail: string, stream: string, expected: number, id: string) =>
    `select payment_trail.append('${trail}', '{0}', '{${stream}}', '{${expected}}', '{NULL}', '{1}', '{${id}}', '{T}', '{}', '{}',
     10000) as answer`,
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
    await pool.query(call(trail, 'begun', 0, randomUUID()));
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
    expect(await Promise.all(answers)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
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

  it('locks the turn also for a repeated call, so that its commit waits for a standby as the first one did', async () => {
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

  it('writes instants that never run backwards, also in a transaction that began before another', async () => {
    const trail = randomUUID();
    const connection = await pool.connect();
    await connection.query('begin');
    await connection.query('select now()');
    await pool.query(call(trail, 's-1', 0, randomUUID()));
    await connection.query(call(trail, 's-2', 0, randomUUID()));
    await connection.query('commit');
    connection.release();
    const { rows } = await pool.query(
      `select recorded_at > lag(recorded_at) over (order by position) as later from payment_trail.events
       where trail = $1 order by position`,
      [trail],
    );
    expect(rows).toEqual([{ later: null }, { later: true }]);
  });

  it('refuses a transaction that could not see what was appended while it waited', async () => {
    const trail = randomUUID();
    const connection = await pool.connect();
    for (const level of ['repeatable read', 'serializable']) {
      await connection.query(`begin isolation level ${level}`);
      await expect(connection.query(call(trail, 's-1', 0, randomUUID()))).rejects.toMatchObject({ code: '25004' });
      await connection.query('rollback');
    }
    connection.release();
  });

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
