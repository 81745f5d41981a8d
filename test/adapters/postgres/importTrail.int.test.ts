import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportTrail, verify } from '../../../src/adapters/audit/index.ts';
import { importTrail, PostgresEventStore } from '../../../src/adapters/postgres/index.ts';
import { toLine } from '../../../src/application/trail/exportTrail.ts';
import type { RecordedEvent } from '../../../src/application/ports/eventStore.ts';
import { all, anEvent, append } from '../../../src/testing/eventStore/support.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import { chained, eventAt } from '../../support/trailView.ts';

let source: TestDatabase;
let target: TestDatabase;
let from: pg.Pool;
let pool: pg.Pool;
beforeAll(async () => {
  [source, target] = [await createTestDatabase(), await createTestDatabase()];
  [from, pool] = [source.pool(), target.pool()];
});
afterAll(async () => {
  await source.drop();
  await target.drop();
});

/** A trail of this name in the other database, and its export. */
async function exported(length: number, trail: string = randomUUID()) {
  const store = new PostgresEventStore({ pool: from, trail });
  const data = '{"b": 1.0, "a":  "é\\u001f\\\\u0000 \\"𝄞 \\u2028", "a": 1e2}';
  for (let index = 0; index < length; index += 500) {
    const events = Array.from({ length: Math.min(500, length - index) }, () => anEvent({ data, metadata: '{ }' }));
    const half = Math.ceil(events.length / 2);
    await store.append([
      { stream: 'a-1', expectedVersion: 'any', events: events.slice(0, half) },
      ...(events.length > 1 ? [{ stream: `b-${index}`, expectedVersion: 0, events: events.slice(half) }] : []),
    ]);
  }
  const lines: string[] = [];
  for await (const line of exportTrail(store)) lines.push(line);
  return { trail, lines, events: await all(store), store: new PostgresEventStore({ pool, trail }) };
}

describe('an import', () => {
  it('puts a trail back exactly as it was, in batches, and new events go behind it', async () => {
    const { trail, lines, events, store } = await exported(2300);
    const progress: unknown[] = [];
    const onProgress = (step: unknown) => progress.push(step);
    expect(await importTrail({ pool, trail, lines, onProgress })).toEqual({ lines: 2300, position: 2300 });
    expect(progress).toEqual([1000, 2000, 2300].map((at) => ({ lines: at, position: at })));
    expect(await all(store)).toEqual(events);
    const last = events.filter(({ stream }) => stream === 'a-1').length;
    const more = await store.append([{ stream: 'a-1', expectedVersion: last, events: [anEvent()] }]);
    expect(more).toMatchObject({ result: 'appended', streams: [{ position: 2301 }] });
    expect(await verify(store)).toMatchObject({ intact: true, events: 2301 });
  });

  it('goes on where an earlier one was broken off, and does nothing when all is there', async () => {
    const { trail, lines, events, store } = await exported(1500);
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('enough'));
    await expect(importTrail({ pool, trail, lines, onProgress, signal: stop.signal })).rejects.toThrow('enough');
    expect(await store.readHead()).toMatchObject({ position: 1000 });
    for (let times = 0; times < 2; times += 1) {
      expect(await importTrail({ pool, trail, lines })).toEqual({ lines: 1500, position: 1500 });
      expect(await all(store)).toEqual(events);
    }
  });

  it('takes the rest of a trail alone, behind what is there, or a part of what is there', async () => {
    const { trail, lines, events, store } = await exported(20);
    await importTrail({ pool, trail, lines: lines.slice(0, 12) });
    expect(await importTrail({ pool, trail, lines: lines.slice(4, 8) })).toEqual({ lines: 4, position: 12 });
    expect(await importTrail({ pool, trail, lines: lines.slice(10) })).toEqual({ lines: 10, position: 20 });
    expect(await all(store)).toEqual(events);
  });

  it('takes lines with line feeds, and from anything that can be iterated', async () => {
    const { trail, lines, store } = await exported(3);
    const fed = async function* () {
      for (const line of lines) yield* [`${line}\n`, '', '\r\n'];
    };
    expect(await importTrail({ pool, trail, lines: fed() })).toEqual({ lines: 3, position: 3 });
    expect(await verify(store)).toMatchObject({ intact: true, events: 3 });
  });

  it('of nothing leaves an empty trail', async () => {
    expect(await importTrail({ pool, trail: randomUUID(), lines: [] })).toEqual({ lines: 0, position: 0 });
  });

  it('waits for another that runs at the same time, and finds done what that one did', async () => {
    const { trail, lines, events, store } = await exported(1200);
    await importTrail({ pool, trail, lines: lines.slice(0, 1) });
    const both = await Promise.all([importTrail({ pool, trail, lines }), importTrail({ pool, trail, lines })]);
    expect(both).toEqual([1, 2].map(() => ({ lines: 1200, position: 1200 })));
    expect(await all(store)).toEqual(events);
  });

  it('never comes between the events of an application that appends', async () => {
    const { trail, lines, store } = await exported(1200);
    const append = () => store.append([{ stream: 'late-1', expectedVersion: 'any', events: [anEvent()] }]);
    const [imported] = await Promise.all([
      importTrail({ pool, trail, lines }).catch((error: unknown) => error),
      ...Array.from({ length: 5 }, append),
    ]);
    if (imported instanceof Error) expect(imported).toMatchObject({ code: 'IMPORT_REFUSED' });
    expect(await store.readStream('late-1')).toHaveLength(5);
    expect(await verify(store)).toMatchObject({ intact: true });
  });
});

type Change = (events: readonly RecordedEvent[]) => readonly RecordedEvent[];

function changing(position: number, part: Partial<RecordedEvent>): Change {
  return (events) => events.with(position - 1, { ...eventAt(events, position), ...part });
}

const versionChanged: Change = (events) => chained(changing(6, { version: 9 })(events)).events;
const renamed: Change = (events) => chained(events.map((event) => ({ ...event, trail: 'acct_2' }))).events;

describe('an import is refused at the first line that does not fit, and has all before it', () => {
  it.each<[string, Change, string, number, number]>([
    ['a changed field', changing(6, { data: '{"n": 6}' }), 'hashMismatch', 6, 5],
    ['a changed hash', changing(6, { hash: 'f'.repeat(64) }), 'hashMismatch', 6, 5],
    ['a changed instant', changing(6, { recordedAt: '2025-11-23T12:00:00.000001Z' }), 'hashMismatch', 6, 5],
    ['another first event', changing(1, { type: 'Other' }), 'hashMismatch', 1, 0],
    ['an event left out', (events) => events.toSpliced(5, 1), 'positionOutOfOrder', 7, 5],
    ['no beginning', (events) => events.slice(2), 'positionOutOfOrder', 3, 0],
    ['a position before the first', changing(1, { position: 0 }), 'positionOutOfOrder', 0, 0],
    ['an event twice', (events) => events.toSpliced(5, 0, eventAt(events, 5)), 'positionOutOfOrder', 5, 5],
    ['a version out of order, well hashed', versionChanged, 'versionOutOfOrder', 6, 5],
    ['another trail, well hashed', renamed, 'trailMismatch', 1, 0],
  ])('%s', async (_, change, problem, position, kept) => {
    const { trail, events, store } = await exported(10);
    const lines = change(events).map(toLine);
    await expect(importTrail({ pool, trail, lines })).rejects.toMatchObject({
      code: 'IMPORT_REFUSED',
      details: { trail, problem, position },
    });
    expect(await all(store)).toEqual(events.slice(0, kept));
    expect(await verify(store)).toMatchObject({ intact: true, events: kept });
  });

  it.each<[string, (line: string) => string]>([
    ['no JSON', (line) => line.slice(1)],
    ['no event', () => '{"a":1}'],
    ['a field too many', (line) => line.replace('{', '{"note":"x",')],
    ['a number for data', (line) => line.replace(/"data":".*","metadata"/, '"data":1,"metadata"')],
    ['data that is no JSON', (line) => line.replace(/"data":".*","metadata"/, '"data":"{","metadata"')],
    ['a NUL in a name', (line) => line.replace('"stream":"a-1"', '"stream":"a-1\\u0000"')],
    ['half a surrogate pair in a name', (line) => line.replace('"stream":"a-1"', '"stream":"a-1\\ud834"')],
    ['a key twice', (line) => line.replace('"data":', '"data":"EVIL","data":')],
    ['a number in another spelling', (line) => line.replace('"position":6', '"position":6e0')],
    ['white space in it', (line) => line.replace('"position":6', '"position": 6')],
    ['its fields in another order', (line) => line.replace(/("position":6),("stream":"[^"]*")/, '$2,$1')],
    ['an escape that need not be one', (line) => line.replace('"a-1"', '"\\u0061-1"')],
    ['half a position', (line) => line.replace('"position":6', '"position":6.5')],
    ['a separator in a name', (line) => line.replace('"stream":"a-1"', '"stream":"a-1\\u001f"')],
    ['an id that is no UUID', (line) => line.replace(/"eventId":"./, '"eventId":"X')],
    ['a day that is not', (line) => line.replace(/"recordedAt":"\d{4}-\d\d-\d\d/, '"recordedAt":"2025-02-30')],
    ['a hash in capitals', (line) => line.replace(/"hash":".*"/, `"hash":"${'A'.repeat(64)}"`)],
  ])('a line with %s, without asking the database', async (_, change) => {
    const { trail, events, lines, store } = await exported(11);
    const changed = lines.with(5, change(lines[5] ?? ''));
    expect(changed[5]).not.toBe(lines[5]);
    await expect(importTrail({ pool, trail, lines: changed })).rejects.toMatchObject({
      code: 'IMPORT_REFUSED',
      message: expect.stringMatching(/^Line 6 /),
      details: { trail, problem: 'lineInvalid', position: 6 },
    });
    expect(await all(store)).toEqual(events.slice(0, 5));
  });

  it('events of another history, where the trail has its own', async () => {
    const { trail, lines, store } = await exported(10);
    await store.append([{ stream: 'a-1', expectedVersion: 0, events: [anEvent()] }]);
    await expect(importTrail({ pool, trail, lines })).rejects.toMatchObject({
      code: 'IMPORT_REFUSED',
      details: { problem: 'eventDiffers', position: 1 },
    });
    await expect(importTrail({ pool, trail, lines: lines.slice(1) })).rejects.toMatchObject({
      details: { problem: 'hashMismatch', position: 2 },
    });
    expect(await store.readHead()).toMatchObject({ position: 1 });
  });
});

describe('what a role that may only append wrote by itself', () => {
  it('is exported, verified and imported, be it what the module never writes', async () => {
    const trail = randomUUID();
    const store = new PostgresEventStore({ pool: from, trail });
    await append(store, 'a-1', 0);
    const strange: [string, string, string, string][] = [
      ['bad name', 'a type', '{}', '{}'],
      ['', '', ' [1, "\\u0000 \\ud834"]\n', 'null'],
      [`${'long'.repeat(500)}\n\u2028`, 'é𝄞', '1', '"metadata"'],
      ['large', 'Large', JSON.stringify({ a: 'x'.repeat(300_000) }), '{}'],
      ['deep', 'Deep', `${'['.repeat(1000)}${']'.repeat(1000)}`, '{}'],
    ];
    for (const [stream, type, data, metadata] of strange) {
      const values = [trail, stream, type, data, metadata];
      await from.query(`select payment_trail.append_one($1, $2, 0, null, gen_random_uuid(), $3, $4, $5, 1000)`, values);
    }
    expect(await verify(store)).toMatchObject({ intact: true, events: 6 });
    const lines: string[] = [];
    for await (const line of exportTrail(store)) lines.push(line);
    expect(await importTrail({ pool, trail, lines })).toEqual({ lines: 6, position: 6 });
    const copy = new PostgresEventStore({ pool, trail });
    expect(await all(copy)).toEqual(await all(store));
    expect(await verify(copy)).toMatchObject({ intact: true, events: 6 });
  });
});

describe('an import is for the owner of the tables', () => {
  it('a role that may do all else than write the tables is refused', async () => {
    const role = `importer_${randomUUID().replaceAll('-', '')}`;
    await pool.query(`create role ${role} login`);
    await pool.query(`grant usage on schema payment_trail to ${role}`);
    await pool.query(`grant select on all tables in schema payment_trail to ${role}`);
    const { trail, lines, store } = await exported(3);
    const asRole = target.pool({ options: `-c role=${role}`, max: 1 });
    const call = () => importTrail({ pool: asRole, trail, lines });
    await expect(call()).rejects.toMatchObject({ code: 'STORE_REFUSED', details: { sqlState: '42501' } });
    await pool.query(`grant execute on all functions in schema payment_trail to ${role}`);
    await expect(call()).rejects.toMatchObject({ code: 'STORE_REFUSED', details: { sqlState: '42501' } });
    expect(await store.readHead()).toMatchObject({ position: 0 });
    await asRole.end();
    await pool.query(`drop owned by ${role}`);
    await pool.query(`drop role ${role}`);
  });
});

describe('bad options are refused', () => {
  it.each([
    ['a pool that is none', { pool: {} }],
    ['a trail with a space', { trail: 'a b' }],
    ['a schema with a quote', { schema: 'a"b' }],
  ])('%s', async (_, part) => {
    const options = { pool, lines: [], ...part } as Parameters<typeof importTrail>[0];
    await expect(importTrail(options)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});
