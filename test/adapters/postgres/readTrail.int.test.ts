import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { verify } from '../../../src/adapters/audit/index.ts';
import type { PgConnection, PgPool, PgRow } from '../../../src/adapters/postgres/index.ts';
import { PostgresEventStore } from '../../../src/adapters/postgres/index.ts';
import { all, anEvent, append } from '../../../src/testing/eventStore/support.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';

let database: TestDatabase;
let pool: pg.Pool;
let store: PostgresEventStore;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool({ max: 1 });
  store = new PostgresEventStore({ pool });
  const events = () => Array.from({ length: 1250 }, () => anEvent());
  await store.append([{ stream: 'a-1', expectedVersion: 0, events: events() }]);
  await store.append([{ stream: 'a-2', expectedVersion: 0, events: events() }]);
});
afterAll(() => database.drop());

/** The pool, with its queries counted, and refused from this one on; and the characters of each answer. */
function watched(refuseFrom = Infinity): {
  readonly pool: PgPool;
  readonly queries: () => number;
  readonly characters: readonly number[];
} {
  let queries = 0;
  const characters: number[] = [];
  const connect = async (): Promise<PgConnection> => {
    const connection = await pool.connect();
    const query: PgConnection['query'] = (asked) => {
      queries += 1;
      if (queries < refuseFrom) {
        return connection.query(asked).then((answer: { rows: PgRow[] }) => {
          characters.push(answer.rows.reduce((sum, row) => sum + Object.values(row).join('').length, 0));
          return answer;
        });
      }
      return Promise.reject(Object.assign(new Error('refused'), { code: '42501', severity: 'ERROR' }));
    };
    return {
      query,
      on: (event, listener) => connection.on(event, listener),
      off: (event, listener) => connection.off(event, listener),
      release: (error) => connection.release(error),
    };
  };
  return { pool: { connect }, queries: () => queries, characters };
}

describe('readTrail', () => {
  it('fetches the next page while the present one is worked on', async () => {
    const { pool: counted, queries } = watched();
    const seen: number[] = [];
    for await (const { position } of new PostgresEventStore({ pool: counted }).readTrail()) {
      if (position % 1000 === 101 || position === 1) seen.push(queries());
    }
    expect(seen).toEqual([2, 3, 4, 4]);
  });

  it.each([
    ['that compress', () => 'x'.repeat(250_000)],
    ['that do not', () => randomBytes(125_000).toString('hex')],
    ['of three bytes a character', () => '€'.repeat(250_000)],
  ])('P7: bounds its pages by their bytes, also where small events are followed by large ones %s', async (_, large) => {
    const trail = randomUUID();
    const own = new PostgresEventStore({ pool, trail });
    const events = (length: number, data: () => string) =>
      Array.from({ length }, () => anEvent({ data: JSON.stringify({ a: data() }) }));
    const small = () => 'x';
    await own.append([{ stream: 'small-1', expectedVersion: 0, events: events(1500, small) }]);
    await own.append([{ stream: 'large-1', expectedVersion: 0, events: events(40, large) }]);
    await own.append([{ stream: 'small-1', expectedVersion: 1500, events: events(150, small) }]);
    const { pool: counted, characters } = watched();
    const positions = (await all(new PostgresEventStore({ pool: counted, trail }))).map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: 1690 }, (__, index) => index + 1));
    // Four megabytes, or as little as one event more.
    expect(Math.max(...characters)).toBeLessThan(4 * 1024 * 1024 + 300_000);
    expect(Math.max(...characters)).toBeGreaterThan(1_000_000);
    expect(characters.length).toBeLessThan(30);
  });

  it('fetches no page of a thousand to read the first event', async () => {
    const { pool: counted, characters } = watched();
    for await (const event of new PostgresEventStore({ pool: counted }).readTrail()) if (event.position === 1) break;
    expect(characters[0]).toBeLessThan(100_000);
  });

  it('keeps no connection from the others while a page is worked on', async () => {
    let positions = 0;
    for await (const { position } of store.readTrail()) {
      if (position % 500 === 0) expect(await store.readHead()).toMatchObject({ position: 2500 });
      positions += 1;
    }
    expect(positions).toBe(2500);
  });

  it('leaves nothing under way when it is ended early', async () => {
    for await (const { position } of store.readTrail()) if (position === 10) break;
    expect({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }).toEqual({
      total: 1,
      idle: 1,
      waiting: 0,
    });
  });

  it('tells of a page that failed when it is reached, not before', async () => {
    const failing = new PostgresEventStore({ pool: watched(2).pool });
    const read = async (upTo: number) => {
      for await (const { position } of failing.readTrail()) if (position === upTo) return;
    };
    await expect(read(Infinity)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  });

  it('keeps to itself the failure of a page that nobody came to', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    onTestFinished(() => {
      process.off('unhandledRejection', listener);
    });
    for await (const { position } of new PostgresEventStore({ pool: watched(2).pool }).readTrail()) {
      if (position === 5) await sleep(20);
      if (position === 10) break;
    }
    await sleep(20);
    expect(unhandled).toEqual([]);
  });
});

describe('P7: an event that is put where no event belongs is read, and found', () => {
  it.each(['-9223372036854775808', '-1', '0', '3', '9223372036854775807'])('at position %s', async (position) => {
    const trail = randomUUID();
    const own = new PostgresEventStore({ pool, trail });
    await append(own, 'a-1', 0);
    await append(own, 'a-1', 1);
    await pool.query({
      text: `insert into payment_trail.events
        select trail, $2, stream, 3, gen_random_uuid(), type, data, metadata, recorded_at, hash
        from payment_trail.events where trail = $1 and position = 2`,
      values: [trail, position],
    });
    expect(await all(own)).toHaveLength(3);
    expect(await verify(own)).toMatchObject({
      intact: false,
      position: position.startsWith('-') || position === '0' ? 1 : 3,
      problem: position === '3' ? 'hashMismatch' : 'positionOutOfOrder',
    });
  });

  it('reads to an end though a page ends with a position that no number can hold', { timeout: 30_000 }, async () => {
    const trail = randomUUID();
    await pool.query({
      text: `insert into payment_trail.events
        select $1, 9007199254739993 + n, 'a-1', n, gen_random_uuid(), 'Forged', '{}', '{}', now(), sha256('x')
        from generate_series(1, 1001) n`,
      values: [trail],
    });
    expect(await all(new PostgresEventStore({ pool, trail }))).toHaveLength(1001);
  });
});
