import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresCheckpoints } from '../../../../src/adapters/postgres/index.ts';
import { checkpointsContract } from '../../../../src/testing/checkpointsContract.ts';
import type { TestDatabase } from '../../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../../support/postgres/testDatabase.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool();
  await pool.query(`create table public.accounts (id integer primary key, cents integer not null,
    owner integer references public.accounts deferrable initially deferred)`);
});
afterAll(() => database.drop());

describe('PostgresCheckpoints keeps the checkpoints contract', () => {
  const makeCheckpoints = async (trail: string = randomUUID()) => new PostgresCheckpoints({ pool, trail });
  for (const { name, run } of checkpointsContract(makeCheckpoints)) it(name, run);
});

async function aLedger() {
  const checkpoints = new PostgresCheckpoints<pg.PoolClient>({ pool, trail: randomUUID() });
  await checkpoints.open('ledger', 0);
  await pool.query('truncate public.accounts');
  const accounts = async () => (await pool.query<{ id: number }>('select id from public.accounts order by id')).rows;
  return { checkpoints, accounts };
}

describe('a transaction with the host’s own writes', () => {
  it('commits both', async () => {
    const { checkpoints, accounts } = await aLedger();
    await checkpoints.transact('ledger', 0, 1, async (client) => {
      await client.query('insert into public.accounts values ($1, $2)', [1, 100]);
    });
    expect(await accounts()).toEqual([{ id: 1 }]);
    expect(await checkpoints.read('ledger')).toEqual({ position: 1, stopped: null });
  });

  it.each([
    ['throws by itself', () => Promise.reject(new Error('no such account')), 'no such account'],
    [
      'breaks a constraint',
      (client: pg.PoolClient) => client.query('insert into public.accounts values (2, null)'),
      'null value',
    ],
    [
      'breaks one that is checked with the commit',
      (client: pg.PoolClient) => client.query('insert into public.accounts values (2, 1, 9)'),
      'foreign key',
    ],
    [
      'swallows the failure of a statement',
      (client: pg.PoolClient) => client.query('select 1/0').catch(() => {}),
      'nothing was committed',
    ],
  ])('rolls both back when the handler %s', async (_, fail, message) => {
    const { checkpoints, accounts } = await aLedger();
    const working = checkpoints.transact('ledger', 0, 1, async (client) => {
      await client.query('insert into public.accounts values (1, 100)');
      await fail(client);
    });
    await expect(working).rejects.toThrow(message);
    await expect(working).rejects.not.toMatchObject({ name: 'PaymentMethodsError' });
    expect(await accounts()).toEqual([]);
    expect(await checkpoints.read('ledger')).toEqual({ position: 0, stopped: null });
    expect(pool.idleCount).toBe(pool.totalCount);
  });

  it('is the store’s fault, not the handler’s, when the connection is lost', async () => {
    const { checkpoints, accounts } = await aLedger();
    const working = checkpoints.transact('ledger', 0, 1, async (client) => {
      await client.query('insert into public.accounts values (1, 100)');
      await client.query('select pg_terminate_backend(pg_backend_pid())');
    });
    await expect(working).rejects.toMatchObject({
      code: expect.stringMatching(/^STORE_(UNAVAILABLE|COMMIT_UNKNOWN)$/),
    });
    expect(await accounts()).toEqual([]);
    expect(await checkpoints.read('ledger')).toEqual({ position: 0, stopped: null });
  });

  it('that takes too long is given up, and rolled back', async () => {
    const { accounts } = await aLedger();
    const checkpoints = new PostgresCheckpoints<pg.PoolClient>({ pool, trail: randomUUID(), transactionLimitMs: 100 });
    await checkpoints.open('ledger', 0);
    const working = checkpoints.transact('ledger', 0, 1, async (client) => {
      await client.query('insert into public.accounts values (1, 100)');
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    await expect(working).rejects.toMatchObject({ code: 'STORE_COMMIT_UNKNOWN' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await accounts()).toEqual([]);
    expect(await checkpoints.advance('ledger', 0, 1)).toBe('advanced');
  });
});

describe('a decision to skip', () => {
  it('is made again, and kept beside the first, when somebody made the consumer start over', async () => {
    const trail = randomUUID();
    const checkpoints = new PostgresCheckpoints({ pool, trail });
    for (const reason of ['duplicate', 'a duplicate still']) {
      await checkpoints.open('ledger', 0);
      await checkpoints.stop('ledger', 0, { position: 1, eventId: randomUUID(), type: 'T', error: 'E' });
      expect(await checkpoints.skip('ledger', { position: 1, actor: 'support-3', reason })).toBe('skipped');
      await pool.query('delete from payment_trail.subscriptions where trail = $1', [trail]);
    }
    expect(await checkpoints.skipped('ledger')).toMatchObject([
      { reason: 'duplicate' },
      { reason: 'a duplicate still' },
    ]);
  });

  it('cannot be changed or taken back, by the owner neither', async () => {
    const { checkpoints } = await aLedger();
    await checkpoints.stop('ledger', 0, { position: 1, eventId: randomUUID(), type: 'T', error: 'E' });
    await checkpoints.skip('ledger', { position: 1, actor: 'support-3', reason: 'duplicate' });
    for (const change of [
      'update payment_trail.skipped_events set actor = null',
      'delete from payment_trail.skipped_events',
      'truncate payment_trail.skipped_events',
    ]) {
      await expect(pool.query(change)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
