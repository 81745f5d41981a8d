import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PostgresEventStore, PostgresReplay } from '../../../../src/adapters/postgres/index.ts';
import type { RecordedEvent } from '../../../../src/application/ports/eventStore.ts';
import { anEvent } from '../../../../src/testing/eventStore/support.ts';
import type { TestDatabase } from '../../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../../support/postgres/testDatabase.ts';
import { until } from '../../../support/until.ts';

let database: TestDatabase;
let pool: pg.Pool;
let trail: RecordedEvent[];
let store: PostgresEventStore;

/** Texts of every length up to many packets, in bytes of every kind. */
const text = (index: number) =>
  JSON.stringify({ n: index, text: '🂡é\u0001"\\'.repeat(index % 61) + 'x'.repeat((index % 7) ** 6) });

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool({ max: 4 });
  store = new PostgresEventStore({ pool });
  for (let from = 0; from < 2000; from += 250) {
    const events = Array.from({ length: 250 }, (_, index) =>
      anEvent({ data: text(from + index), metadata: text(index) }),
    );
    await store.append([{ stream: `a-${from}`, expectedVersion: 0, events: events.slice(0, 100) }]);
    await store.append([{ stream: 'paymentMethod-pm_1/x', expectedVersion: 'any', events: events.slice(100) }]);
  }
  trail = [];
  for await (const event of store.readTrail()) trail.push(event);
  // More than all the buffers of a line hold, a proxy's on the way to a container among them.
  const long = new PostgresEventStore({ pool, trail: 'long' });
  const data = JSON.stringify({ text: 'x'.repeat(1_000) });
  for (let index = 0; index < 40; index += 1) {
    const many = Array.from({ length: 1_000 }, () => ({ ...anEvent(), data }));
    await long.append([{ stream: `long-${index}`, expectedVersion: 0, events: many }]);
  }
});
afterAll(() => database.drop());

/** With all its fields looked at. */
function plain(event: RecordedEvent): RecordedEvent {
  const { trail: name, position, stream, version, eventId, type, data, metadata, recordedAt, hash } = event;
  return { trail: name, position, stream, version, eventId, type, data, metadata, recordedAt, hash };
}

async function replayed(options: Parameters<PostgresReplay['replay']>[0]) {
  const ranges: RecordedEvent[][] = [];
  const { events } = await new PostgresReplay({ pool }).replay(options, (event, range) => {
    (ranges[range] ??= []).push(plain(event));
  });
  expect(ranges.flat()).toHaveLength(events);
  return ranges;
}

const idle = () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount });

describe('a replay by COPY', () => {
  it.each([1, 2, 3])('brings what readTrail brings, to the byte, in %d ranges', async (count) => {
    const ranges = await replayed({ ranges: count });
    expect(ranges).toHaveLength(count);
    expect(ranges.flat()).toEqual(trail);
  });

  it.each([
    [{ after: 1999 }, 1999, 2000],
    [{ after: 700, upTo: 1300, ranges: 2 }, 700, 1300],
    [{ upTo: 1 }, 0, 1],
    [{ upTo: 9999, ranges: 2 }, 0, 2000],
    [{ after: 5, upTo: 5 }, 5, 5],
    [{ after: 9, upTo: 5, ranges: 3 }, 0, 0],
    [{ after: 9999 }, 0, 0],
  ])('%j', async (options, from, to) => {
    expect((await replayed(options)).flat()).toEqual(trail.slice(from, to));
  });

  it('of another trail, or of an empty one, brings nothing', async () => {
    const other = new PostgresReplay({ pool, trail: randomUUID() });
    expect(await other.replay({}, () => {})).toEqual({ events: 0 });
    expect(await other.replay({ ranges: 2 }, () => {})).toEqual({ events: 0 });
  });

  it('gives its connections back, and they are as they were', async () => {
    await replayed({ ranges: 2 });
    await Promise.all([1, 2, 3, 4].map(() => pool.query('select 1')));
    expect(idle()).toMatchObject({ waiting: 0, idle: pool.totalCount });
  });

  it('ends with what its handler throws, in all ranges, and leaves nothing under way', async () => {
    const fault = new Error('no more');
    let calls = 0;
    const replaying = new PostgresReplay({ pool }).replay({ ranges: 2 }, ({ position }) => {
      calls += 1;
      if (position === 10) throw fault;
    });
    await expect(replaying).rejects.toBe(fault);
    const before = calls;
    await pool.query('select 1');
    expect(calls).toBe(before);
    expect(idle()).toMatchObject({ waiting: 0, idle: pool.totalCount });
  });

  it('ends by its signal, before and in the midst', async () => {
    const gaveUp = new Error('gave up');
    const replay = new PostgresReplay({ pool });
    await expect(replay.replay({ signal: AbortSignal.abort(gaveUp) }, () => {})).rejects.toBe(gaveUp);
    const controller = new AbortController();
    const onEvent = ({ position }: RecordedEvent) => position === 10 && controller.abort(gaveUp);
    await expect(replay.replay({ signal: controller.signal }, onEvent)).rejects.toBe(gaveUp);
    expect(idle()).toMatchObject({ waiting: 0, idle: pool.totalCount });
  });

  it('tells what the database says', async () => {
    await expect(new PostgresReplay({ pool, schema: 'nowhere' }).replay({}, () => {})).rejects.toMatchObject({
      code: 'STORE_SCHEMA_MISSING',
    });
    const own = database.pool({ application_name: 'lost' });
    let isCut = false;
    const losing = (async () => {
      for await (const { position } of new PostgresReplay({ pool: own, trail: 'long' }).readTrail()) {
        if (position !== 1 || isCut) continue;
        isCut = true;
        await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lost'`);
      }
    })();
    await expect(losing).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(own.totalCount).toBe(0);
  });

  it('refuses what is no pool of pg, options that make no sense, and text in place of a position', async () => {
    const connect = async () => ({ query: async () => ({ rows: [] }), on: () => {}, off: () => {}, release: () => {} });
    await expect(new PostgresReplay({ pool: { connect } }).replay({}, () => {})).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
    });
    const replay = new PostgresReplay({ pool });
    for (const options of [{ ranges: 0 }, { ranges: 1.5 }, { after: -1 }, { upTo: '1; select 1' as never }]) {
      await expect(replay.replay(options, () => {})).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    }
  });
});

describe('readTrail by COPY', () => {
  it('brings what readTrail of the store brings', async () => {
    const events: RecordedEvent[] = [];
    for await (const event of new PostgresReplay({ pool }).readTrail({ after: 3, upTo: 1990 }))
      events.push(plain(event));
    expect(events).toEqual(trail.slice(3, 1990));
  });

  it('holds the server up while nobody takes what is there', async () => {
    const own = database.pool({ application_name: 'slow' });
    const events = new PostgresReplay({ pool: own, trail: 'long' }).readTrail();
    onTestFinished(() => void events.return());
    await events.next();
    const wait = async () => {
      const { rows } = await pool.query<{ wait: string }>(
        `select wait_event as wait from pg_stat_activity where application_name = 'slow'`,
      );
      return rows[0]?.wait;
    };
    await until('the server waits for the reader', async () => (await wait()) === 'ClientWrite');
    await sleep(500);
    expect(await wait(), 'it waits still').toBe('ClientWrite');
    let count = 1;
    for await (const { position } of events) expect(position).toBe((count += 1));
    expect(count).toBe(40_000);
  });

  it('leaves nothing under way when it is ended early', async () => {
    const own = database.pool({ max: 1 });
    for await (const { position } of new PostgresReplay({ pool: own }).readTrail()) if (position === 10) break;
    expect(own.totalCount).toBe(0);
    expect((await own.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});
