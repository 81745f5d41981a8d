import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import { verify } from '../../../src/adapters/audit/verify.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool();
});
afterAll(() => database.drop());

async function aTrail(length = 6): Promise<{ store: PostgresEventStore; trail: string }> {
  const trail = randomUUID();
  const store = new PostgresEventStore({ pool, trail });
  for (let index = 0; index < length; index += 1) {
    const event = { eventId: randomUUID(), type: 'SomethingHappened', data: `{"n":${index}}`, metadata: '{}' };
    await store.append([{ stream: `a-${index % 2}`, expectedVersion: 'any', events: [event] }]);
  }
  return { store, trail };
}

/** As a superuser who takes the guard away first. */
async function tamper(sql: string, trail: string): Promise<void> {
  await pool.query('alter table payment_trail.events disable trigger append_only');
  await pool.query(sql, [trail]);
  await pool.query('alter table payment_trail.events enable always trigger append_only');
}

describe('P7: the trail is append-only', () => {
  it.each([
    'update payment_trail.events set data = data',
    'delete from payment_trail.events',
    'truncate payment_trail.events',
    'truncate payment_trail.events, payment_trail.trails cascade',
    'delete from payment_trail.turns',
    'delete from payment_trail.trails',
    'truncate payment_trail.trails',
    'update payment_trail.turns set trail = trail',
    `update payment_trail.trails set trail = 'other', position = position + 1`,
  ])('refuses: %s', async (sql) => {
    const { store } = await aTrail(1);
    await expect(pool.query(sql)).rejects.toMatchObject({
      code: '42501',
      message: expect.stringContaining('append-only'),
    });
    expect(await verify(store)).toMatchObject({ intact: true, events: 1 });
  });

  it('refuses also where replication switches ordinary triggers off', async () => {
    await aTrail(1);
    const connection = await pool.connect();
    await connection.query('set session_replication_role = replica');
    for (const sql of [
      'update payment_trail.events set data = data',
      'delete from payment_trail.events',
      'truncate payment_trail.events',
      'delete from payment_trail.trails',
      'truncate payment_trail.trails',
      'update payment_trail.turns set trail = trail',
    ]) {
      await expect(connection.query(sql)).rejects.toMatchObject({ code: '42501' });
    }
    connection.release(true);
  });
});

describe('P7: verify finds what a superuser changed, and names the first bad position', () => {
  it('says how many events it checked when all is well', async () => {
    const { store } = await aTrail();
    const last = (await store.readStream('a-1')).at(-1);
    expect(await verify(store)).toMatchObject({ intact: true, events: 6, hash: last?.hash });
  });

  it.each([
    ['data', `update payment_trail.events set data = '{"n":9}' where trail = $1 and position = 3`, 3, 'hashMismatch'],
    [
      'whitespace in data',
      `update payment_trail.events set data = '{"n": 2}' where trail = $1 and position = 3`,
      3,
      'hashMismatch',
    ],
    [
      'metadata',
      `update payment_trail.events set metadata = '{"actor":"x"}' where trail = $1 and position = 1`,
      1,
      'hashMismatch',
    ],
    ['type', `update payment_trail.events set type = 'Other' where trail = $1 and position = 2`, 2, 'hashMismatch'],
    [
      'event id',
      `update payment_trail.events set event_id = gen_random_uuid() where trail = $1 and position = 6`,
      6,
      'hashMismatch',
    ],
    [
      'instant',
      `update payment_trail.events set recorded_at = recorded_at + interval '1 microsecond' where trail = $1 and position = 4`,
      4,
      'hashMismatch',
    ],
    [
      'era',
      `update payment_trail.events set recorded_at = (recorded_at::text || ' BC')::timestamptz where trail = $1 and position = 4`,
      4,
      'hashMismatch',
    ],
    ['hash', `update payment_trail.events set hash = sha256('x') where trail = $1 and position = 5`, 5, 'hashMismatch'],
    ['stream', `update payment_trail.events set stream = 'b-1' where trail = $1 and position = 1`, 1, 'hashMismatch'],
    [
      'version',
      `update payment_trail.events set version = 9 where trail = $1 and position = 2`,
      2,
      'versionOutOfOrder',
    ],
    ['a tail cut off', `delete from payment_trail.events where trail = $1 and position = 6`, 6, 'headMismatch'],
    ['a deleted event', `delete from payment_trail.events where trail = $1 and position = 3`, 3, 'positionOutOfOrder'],
    [
      'two events swapped',
      `update payment_trail.events set position = case position when 2 then -4 else -2 end where trail = $1 and position in (2, 4); `,
      2,
      'positionOutOfOrder',
    ],
  ])('%s', async (_, sql, position, problem) => {
    const { store, trail } = await aTrail();
    await tamper(sql, trail);
    if (sql.includes('-4'))
      await tamper('update payment_trail.events set position = -position where trail = $1 and position < 0', trail);
    expect(await verify(store)).toMatchObject({
      intact: false,
      position,
      events: position - 1,
      problem: sql.includes('-4') ? 'versionOutOfOrder' : problem,
    });
  });
});
