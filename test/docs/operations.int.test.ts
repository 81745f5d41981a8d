import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FakePaymentGateway } from '../../src/adapters/fake/index.ts';
import {
  migrate,
  PostgresCheckpoints,
  PostgresEventStore,
  PostgresReadModels,
} from '../../src/adapters/postgres/index.ts';
import { openAttempts, PaymentMethods, Projections, randomIds, systemClock } from '../../src/index.ts';
import { createTestDatabase } from '../support/postgres/testDatabase.ts';
import { type TestRoles, testRoles } from '../support/postgres/testRoles.ts';
import { until } from '../support/until.ts';
import { fencesOf } from './markdown.ts';

const statements = fencesOf(await readFile('docs/operations.md', 'utf8'))
  .filter(({ language }) => language === 'sql')
  .map(({ body }) => body);

let roles: TestRoles;
let member: string;
let pool: pg.Pool;
let reader: pg.Pool;

beforeAll(async () => {
  const database = await createTestDatabase();
  pool = database.pool();
  roles = testRoles(database);
  await migrate({ pool, roles: roles.names });
  reader = (await roles.login(`in role ${roles.names.reader}`)).pool;
  member = (await roles.login(`in role ${roles.names.owner}`)).name;
  const eventStore = new PostgresEventStore({ pool });
  const gateway = new FakePaymentGateway();
  const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });
  await paymentMethods.attach({ paymentMethodId: 'pm_1', customer: 'cus_1', actor: 'user-7' });
  gateway.isUnreachable();
  await paymentMethods.attach({ paymentMethodId: 'pm_2', customer: 'cus_1', actor: 'user-7' });
  await new Projections({ eventStore, readModels: new PostgresReadModels({ pool }) }).catchUp(openAttempts);
  await aConsumerThatSkipped();
});

async function aConsumerThatSkipped(): Promise<void> {
  const checkpoints = new PostgresCheckpoints({ pool });
  const stopped = { position: 1, eventId: randomIds.next(), type: 'AttachmentRequested', error: 'Error: full' };
  await checkpoints.open('ledger', 0);
  await checkpoints.stop('ledger', 0, stopped);
  await checkpoints.skip('ledger', { position: 1, actor: 'user-7', reason: 'a test' });
}

afterAll(() => roles.drop());

/** Does the work while somebody holds a trail's turn, and somebody else waits for it. */
async function withAQueue(work: () => Promise<void>): Promise<void> {
  const [holder, waiter] = [await pool.connect(), await pool.connect()];
  try {
    await holder.query('begin; select from payment_trail.turns for update');
    const waits = waiter.query('select from payment_trail.turns for update');
    const waiting = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    await until('one waits', async () => (await pool.query(waiting)).rowCount === 1);
    try {
      await work();
    } finally {
      await holder.query('rollback');
      await waits;
    }
  } finally {
    holder.release();
    waiter.release();
  }
}

it('docs/operations.md has statements that a Postgres with a trail has rows for, and the reader may run those on the trail', async () => {
  const empty: string[] = [];
  await withAQueue(async () => {
    for (const statement of statements) {
      const onTheTrail = /\b(from|join) payment_trail\./.test(statement);
      // No transaction of a test is five minutes old.
      const { rowCount } = await (onTheTrail ? reader : pool).query(statement.replace("'5 minutes'", "'0 minutes'"));
      if (rowCount === 0) empty.push(statement.split('\n')[0] ?? '');
    }
  });
  expect(statements.length).toBeGreaterThan(14);
  // This server has no standby; test/proofs/failover.int.test.ts has one.
  expect(empty).toEqual([expect.stringContaining('select application_name, state, sync_state')]);
});

it('docs/operations.md finds by its SQL what was left open, who lags, and who waits for whom', async () => {
  const rowsOf = async (words: string) => {
    const found = statements.filter((statement) => statement.includes(words));
    expect(found, words).toHaveLength(1);
    return (await pool.query<Record<string, unknown>>(found[0] ?? '')).rows;
  };
  const open = { stream: 'paymentMethod-pm_2' };
  expect(await rowsOf('json_array_elements')).toEqual([expect.objectContaining({ ...open, why: 'unreachable' })]);
  expect(await rowsOf('distinct on')).toEqual([expect.objectContaining({ ...open, cause: 'unreachable' })]);
  expect(await rowsOf('s.stopped')).toEqual([expect.objectContaining({ consumer: 'ledger', behind: '3' })]);
  expect(await rowsOf('pg_has_role')).toEqual([{ member, of_owner: roles.names.owner }]);
  await withAQueue(async () => {
    expect(await rowsOf('pg_blocking_pids')).toEqual([expect.objectContaining({ blocker_is: 'idle in transaction' })]);
  });
});
