import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres/testDatabase.ts';
import { until } from '../support/until.ts';
import { namedAppend, readAll } from './appends.ts';
import { expectSound } from './expectSound.ts';
import { follow } from './follow.ts';
import { beginTransaction, type HeldTransaction } from './heldTransaction.ts';

let database: TestDatabase;
let other: TestDatabase;
beforeAll(async () => {
  [database, other] = await Promise.all([createTestDatabase(), createTestDatabase({ migrated: false })]);
});
afterAll(async () => {
  await Promise.all([database.drop(), other.drop()]);
});

/** A store as a process of its own has it. */
function newStore(trail: string): PostgresEventStore {
  return new PostgresEventStore({ pool: database.pool({ max: 1 }), trail, limits: { deadlineMs: 5000 } });
}

async function begin({ url }: TestDatabase, trail?: string): Promise<HeldTransaction> {
  const transaction = await beginTransaction(url, trail);
  onTestFinished(() => transaction.end('rollback').catch(() => {}));
  return transaction;
}

const anAppend = (name: string, stream = 'a-1') => namedAppend(name, [{ stream, expectedVersion: 'any' }]);

describe('processes that append at once', () => {
  it('to one stream at one version: one wins, and nineteen learn the version and the event that it is at', async () => {
    const trail = randomUUID();
    const stores = Array.from({ length: 20 }, () => newStore(trail));
    const results = await Promise.all(
      stores.map((store, index) => store.append(namedAppend(`${index}`, [{ stream: 'a-1', expectedVersion: 0 }]))),
    );
    const [winner] = await newStore(trail).readStream('a-1');
    const conflicts = results.flatMap((result) => (result.result === 'conflict' ? result.conflicts : []));
    expect(conflicts).toHaveLength(19);
    for (const conflict of conflicts) expect(conflict).toMatchObject({ currentVersion: 1, missed: [winner] });
  });

  it.each([0, 'any'] as const)('the same events at %s: they are there once, and all are told the same', async (at) => {
    const trail = randomUUID();
    const same = namedAppend('same', [{ stream: 'a-1', expectedVersion: at, count: 2 }]);
    const results = await Promise.all(Array.from({ length: 10 }, () => newStore(trail).append(same)));
    const told = { result: 'appended', streams: [{ stream: 'a-1', version: 2, position: 2 }] };
    expect(results).toEqual(Array.from({ length: 10 }, () => told));
    expect(await expectSound(newStore(trail))).toHaveLength(2);
  });
});

describe('an append in a transaction of the host’s own', () => {
  it('that conflicts says what is there, and leaves the transaction usable', async () => {
    const trail = randomUUID();
    await newStore(trail).append(anAppend('first'));
    const transaction = await begin(database, trail);
    await transaction.query('create table written_before (a int)');
    const refused = await transaction.store.append(
      namedAppend('late', [{ stream: 'a-1', expectedVersion: 'noStream' }]),
    );
    expect(refused).toMatchObject({ result: 'conflict', conflicts: [{ currentVersion: 1 }] });
    await transaction.query('create table written_behind (a int)');
    const second = namedAppend('second', [{ stream: 'a-1', expectedVersion: 1 }]);
    expect(await transaction.store.append(second)).toMatchObject({ streams: [{ version: 2, position: 2 }] });
    await transaction.end('commit');
    expect(await newStore(trail).readStream('a-1')).toHaveLength(2);
    expect((await database.pool().query('select from written_before, written_behind')).rows).toEqual([]);
  });

  it('that is rolled back uses up no position', async () => {
    const trail = randomUUID();
    const transaction = await begin(database, trail);
    await transaction.store.append(anAppend('undone'));
    await transaction.end('rollback');
    expect(await newStore(trail).append(anAppend('kept'))).toMatchObject({ streams: [{ version: 1, position: 1 }] });
  });
});

describe('P6: a transaction that is held open', () => {
  it.each([
    ['another database', () => other],
    ['this database', () => database],
  ])('in %s, and has written, does not keep a subscriber from what is committed', async (_, where) => {
    const trail = randomUUID();
    const transaction = await begin(where());
    await transaction.query('create table held (a int)');
    const follower = follow(newStore(trail));
    onTestFinished(() => follower.stop());
    await newStore(trail).append(anAppend('committed'));
    await until('the subscriber has seen the event', () => follower.seen.length === 1);
  });

  it('and has appended holds up no reader of its trail, and no writer of another', async () => {
    const [trail, elsewhere] = [randomUUID(), randomUUID()];
    await newStore(trail).append(anAppend('before'));
    const transaction = await begin(database, trail);
    await transaction.store.append(anAppend('held'));
    const follower = follow(newStore(trail));
    onTestFinished(() => follower.stop());
    const reader = newStore(trail);
    const writers = Array.from({ length: 5 }, () => newStore(elsewhere));
    for (let round = 0; round < 10; round += 1) {
      expect(await readAll(reader)).toHaveLength(1);
      expect(await reader.readStream('a-1')).toHaveLength(1);
      expect(await reader.readHead()).toMatchObject({ position: 1 });
      await Promise.all(writers.map((writer, index) => writer.append(anAppend(`${round}-${index}`))));
    }
    expect(follower.seen).toHaveLength(1);
    await transaction.end('commit');
    await until('the subscriber has seen what was held', () => follower.seen.length === 2);
    expect(await expectSound(newStore(elsewhere))).toHaveLength(50);
  });
});
