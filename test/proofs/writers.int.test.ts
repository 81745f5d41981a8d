import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../src/adapters/localPostgres/index.ts';
import { migrate, PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import type { AppendResult } from '../../src/application/ports/eventStore.ts';
import { newPool } from '../support/postgres/newPool.ts';
import { startReplica } from '../support/postgres/replica.ts';
import { randomFrom } from '../support/random.ts';
import { until } from '../support/until.ts';
import { type Acknowledgement, namedAppend, parseShare } from './appends.ts';
import { expectSound } from './expectSound.ts';
import { follow } from './follow.ts';
import { beginTransaction } from './heldTransaction.ts';

let primary: LocalPostgres;
let replica: LocalPostgres;
const pools: pg.Pool[] = [];

/** A store as a process of its own has it. */
function newStore(server: LocalPostgres): PostgresEventStore {
  const pool = newPool({ connectionString: server.url, max: 2 });
  pools.push(pool);
  return new PostgresEventStore({ pool });
}

beforeAll(async () => {
  primary = await startLocalPostgres({ durable: false });
  const pool = newPool({ connectionString: primary.url });
  pools.push(pool);
  await migrate({ pool });
  replica = await startReplica(primary, 'reader');
});

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await replica.stop();
  await primary.stop();
});

/** What the writers were told. */
type Ledger = {
  readonly acknowledged: Acknowledgement[];
  /** the names of appends that conflicted, or were rolled back */
  readonly undone: Set<string>;
  conflicts: number;
  /** the highest position acknowledged so far */
  highest: number;
  /** the names of appends that stand before one that was acknowledged when they had not been asked for yet */
  readonly backwards: string[];
};

function note(ledger: Ledger, name: string, highestBefore: number, result: AppendResult): void {
  if (result.result === 'conflict') {
    ledger.conflicts += 1;
    ledger.undone.add(name);
    return;
  }
  ledger.acknowledged.push({ name, streams: result.streams });
  for (const { position } of result.streams) {
    if (position <= highestBefore) ledger.backwards.push(name);
    ledger.highest = Math.max(ledger.highest, position);
  }
}

/** Appends through a store: to its own stream, at any to a shared one, to both, or where it may lose against others. */
async function writeWithStore(writer: number, ledger: Ledger): Promise<void> {
  const random = randomFrom(writer);
  const store = newStore(primary);
  let version = 0;
  for (let round = 1; round <= 40; round += 1) {
    const name = `store-${writer}/${round}`;
    const own = { stream: `own-${writer}`, expectedVersion: version, count: 1 + (round % 3) };
    const shared = { stream: `shared-${round % 5}`, expectedVersion: 'any' as const };
    const contended = { stream: `contended-${round}`, expectedVersion: 'noStream' as const };
    const items = [[own], [shared], [own, shared], [contended]][Math.floor(random() * 4)] ?? [];
    const highestBefore = ledger.highest;
    const result = await store.append(namedAppend(name, items));
    note(ledger, name, highestBefore, result);
    if (result.result === 'appended') version = result.streams.find((s) => s.stream === own.stream)?.version ?? version;
  }
}

/** Appends inside transactions that are held open for a moment, and then committed or rolled back. */
async function writeInTransactions(writer: number, ledger: Ledger): Promise<void> {
  const random = randomFrom(1000 + writer);
  for (let round = 1; round <= 15; round += 1) {
    const transaction = await beginTransaction(primary.url);
    // An older transaction id than those of many that commit before it.
    if (random() < 0.5) await transaction.query('select pg_current_xact_id()');
    await sleep(random() * 5);
    const highestBefore = ledger.highest;
    const names = [`held-${writer}/${round}`, `held-${writer}/${round}b`].slice(0, random() < 0.3 ? 2 : 1);
    const results: AppendResult[] = [];
    for (const name of names) {
      const items = [{ stream: `shared-${round % 5}`, expectedVersion: 'any' as const, count: 2 }];
      results.push(await transaction.store.append(namedAppend(name, items)));
    }
    await sleep(random() * 5);
    const how = random() < 0.4 ? 'rollback' : 'commit';
    await transaction.end(how);
    names.forEach((name, index) => {
      const result = results[index];
      if (how === 'rollback' || result === undefined) ledger.undone.add(name);
      else note(ledger, name, highestBefore, result);
    });
  }
}

type Snapshot = { readonly head: number; readonly events: number; readonly last: number };

/** Looks at the whole trail in one snapshot, again and again, and says when it was anything but a prefix without a gap. */
function watch(server: LocalPostgres, atLeast: () => number): { readonly faults: string[]; stop(): Promise<void> } {
  const pool = newPool({ connectionString: server.url, max: 1 });
  pools.push(pool);
  const look = `select coalesce((select position from payment_trail.trails), 0)::int as head, count(*)::int as events,
    coalesce(max(position), 0)::int as last from payment_trail.events`;
  const faults: string[] = [];
  let going = true;
  const looking = (async () => {
    while (going) {
      const expected = atLeast();
      for (const { head, events, last } of (await pool.query<Snapshot>(look)).rows) {
        if (head !== events || events !== last) faults.push(`head ${head}, ${events} events, the last at ${last}`);
        if (last < expected) faults.push(`${expected} was acknowledged, and ${last} is the last that is seen`);
      }
      await sleep(5);
    }
  })();
  return {
    faults,
    async stop() {
      going = false;
      await looking;
    },
  };
}

describe('P6: twenty-four writers and readers of the primary and of a replica', () => {
  it('lose, double and reorder nothing, and every reader sees a prefix at all times', async () => {
    const ledger: Ledger = { acknowledged: [], undone: new Set(), conflicts: 0, highest: 0, backwards: [] };
    const followers = [primary, primary, primary, replica, replica].map((server) => follow(newStore(server)));
    const watchers = [watch(primary, () => ledger.highest), watch(replica, () => 0)];

    const readers = [...followers, ...watchers];
    onTestFinished(async () => {
      await Promise.allSettled(readers.map((reader) => reader.stop()));
    });

    const writers = Array.from({ length: 12 }, (_, writer) => [
      writeWithStore(writer, ledger),
      writeInTransactions(writer, ledger),
    ]);
    const ends = await Promise.allSettled(writers.flat());
    expect(ends.filter(({ status }) => status === 'rejected')).toEqual([]);
    const [onPrimary, onReplica] = [newStore(primary), newStore(replica)];
    const { position } = await onPrimary.readHead();
    await until('the replica has it all', async () => (await onReplica.readHead()).position === position);
    await Promise.all(readers.map((reader) => reader.stop()));

    const trail = await expectSound(onPrimary, ledger.acknowledged);
    expect(await expectSound(onReplica)).toEqual(trail);
    expect(new Set(trail.map(({ data }) => parseShare(data).name))).toEqual(
      new Set(ledger.acknowledged.map(({ name }) => name)),
    );
    expect(ledger.backwards).toEqual([]);
    for (const { seen } of followers) expect(seen).toEqual(trail);
    for (const { faults } of watchers) expect(faults).toEqual([]);

    // None of it would mean much if nothing had conflicted, been rolled back, or been read while it was written.
    expect(ledger.conflicts).toBeGreaterThan(0);
    expect(ledger.undone.size).toBeGreaterThan(ledger.conflicts);
    for (const { fruitfulReads } of followers) expect(fruitfulReads()).toBeGreaterThan(10);
  }, 120_000);
});
