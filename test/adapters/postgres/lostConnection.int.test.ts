import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { FaultyLine } from '../../support/postgres/faultyLine.ts';
import { startFaultyLine } from '../../support/postgres/faultyLine.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import { anEvent, append, appendedBehindOne, holdTurns, untilWaiting } from './support.ts';

let database: TestDatabase;
let line: FaultyLine;
let trail = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  trail += 1;
  line = await startFaultyLine(database.url);
});
afterEach(() => line.close());

/** A store on a trail of its own with one event, on a connection that is open already. */
async function warmStore(config: Parameters<TestDatabase['pool']>[0] = {}, deadlineMs = 15_000) {
  const pool = database.pool(config);
  const store = new PostgresEventStore({ pool, trail: `t-${trail}`, limits: { deadlineMs, lanes: 1 } });
  await append(store, 'warm-1');
  return { pool, store };
}

const behindLine = (deadlineMs?: number) => warmStore({ connectionString: line.url }, deadlineMs);

describe('a connection that is lost', () => {
  it('because its backend was ended during an append is repeated, and the event is there once', async () => {
    const { store } = await warmStore({ application_name: 'victim' });
    const admin = database.pool();
    const letGo = await holdTurns(admin);
    const appending = append(store);
    const pid = await untilWaiting(admin, 'victim');
    await admin.query('select pg_terminate_backend($1)', [pid]);
    await letGo();
    expect(await appending).toEqual(appendedBehindOne);
    expect(await store.readStream('a-1')).toHaveLength(1);
  });

  it('while it was idle costs nothing but the repeat', async () => {
    const { store } = await warmStore({ application_name: 'idle' });
    await database
      .pool()
      .query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'idle'`);
    expect(await append(store)).toEqual(appendedBehindOne);
  });

  it.each(['end', 'reset', 'silence'] as const)(
    'by %s between the commit and its answer is repeated, and the event is there once',
    async (by) => {
      const { store } = await behindLine(by === 'silence' ? 900 : undefined);
      line.plan({ direction: 'toClient', afterBytes: 0, by });
      expect(await append(store)).toEqual(appendedBehindOne);
      expect(await store.readStream('a-1')).toHaveLength(1);
      expect(line.faults()).toBe(1);
    },
  );

  it.each(['end', 'reset', 'silence'] as const)(
    'by %s before the statement arrived is repeated, and the event is there once',
    async (by) => {
      const { store } = await behindLine(by === 'silence' ? 900 : undefined);
      line.plan({ direction: 'toServer', afterBytes: 0, by });
      expect(await append(store)).toEqual(appendedBehindOne);
      expect(await store.readStream('a-1')).toHaveLength(1);
      expect(line.faults()).toBe(1);
    },
  );

  it.each(['toServer', 'toClient'] as const)('at any byte %s leaves the event there once', async (direction) => {
    const { store } = await behindLine();
    const before = line.carried(direction);
    await append(store, 'cut-0');
    const bytes = line.carried(direction) - before;
    for (let eighth = 1; eighth <= 8; eighth += 1) {
      line.plan({ direction, afterBytes: Math.floor((bytes * eighth) / 8), by: eighth % 2 === 0 ? 'end' : 'reset' });
      expect(await append(store, `cut-${eighth}`)).toMatchObject({ result: 'appended' });
      expect(line.faults()).toBe(eighth);
      expect(await store.readStream(`cut-${eighth}`)).toHaveLength(1);
    }
  });
});

describe('an append whose every try is cut', () => {
  it.each([
    { where: 'after the commit', direction: 'toClient', written: 1 },
    { where: 'before the statement arrived', direction: 'toServer', written: 0 },
  ] as const)('$where is reported as perhaps committed, and its repeat settles it', async ({ direction, written }) => {
    const { store } = await behindLine(300);
    const appends = [{ stream: 'a-1', expectedVersion: 0, events: [anEvent()] }];
    line.plan({ direction, afterBytes: 0, by: 'reset', times: Infinity });
    await expect(store.append(appends)).rejects.toMatchObject({
      code: 'STORE_COMMIT_UNKNOWN',
      message: expect.stringContaining('Repeat the call'),
    });
    const direct = new PostgresEventStore({ pool: database.pool(), trail: `t-${trail}` });
    expect(await direct.readStream('a-1')).toHaveLength(written);
    expect(await direct.append(appends)).toEqual(appendedBehindOne);
    expect(await direct.readStream('a-1')).toHaveLength(1);
  });
});

describe('a driver that gives up reading', () => {
  it('is repeated, and the event is there once though both tries are carried out', async () => {
    const { store } = await warmStore({ application_name: 'impatient', query_timeout: 150 });
    const admin = database.pool();
    const letGo = await holdTurns(admin);
    const appending = append(store);
    const first = await untilWaiting(admin, 'impatient');
    await untilWaiting(admin, 'impatient', 'Lock', first);
    await letGo();
    expect(await appending).toEqual(appendedBehindOne);
    expect(await store.readStream('a-1')).toHaveLength(1);
    expect(await store.readHead()).toMatchObject({ position: 2 });
  });
});

describe('a type parser of the host that throws on the answer', () => {
  it('leaves the append perhaps committed: it is', async () => {
    const parse = () => {
      throw new TypeError('no such type');
    };
    const pool = database.pool({ types: { getTypeParser: () => parse } });
    const store = new PostgresEventStore({ pool, limits: { deadlineMs: 300 } });
    await expect(append(store)).rejects.toMatchObject({ code: 'STORE_COMMIT_UNKNOWN' });
    const reader = new PostgresEventStore({ pool: database.pool() });
    expect(await reader.readStream('a-1')).toHaveLength(1);
  });
});
