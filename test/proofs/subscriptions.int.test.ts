import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../src/adapters/localPostgres/index.ts';
import {
  migrate,
  PostgresAppendHints,
  PostgresCheckpoints,
  PostgresEventStore,
  PostgresReadModels,
} from '../../src/adapters/postgres/index.ts';
import { systemTimers } from '../../src/adapters/system/system.ts';
import { paymentMethodCodec, type TrailRecord } from '../../src/application/events/eventCodec.ts';
import type { NewEvent } from '../../src/application/ports/eventStore.ts';
import { Projections } from '../../src/application/readModels/projections.ts';
import { paymentMethodsByCustomer } from '../../src/application/readModels/paymentMethodsByCustomer.ts';
import { Subscriptions } from '../../src/application/reading/subscriptions.ts';
import { Trail } from '../../src/application/reading/trail.ts';
import { replayed } from '../../src/testing/projectionSpec.ts';
import { attached, detached, requested } from '../domain/given.ts';
import { newPool } from '../support/postgres/newPool.ts';
import { startReplica } from '../support/postgres/replica.ts';
import { randomFrom } from '../support/random.ts';
import { until } from '../support/until.ts';
import { beginTransaction } from './heldTransaction.ts';

let primary: LocalPostgres;
let replica: LocalPostgres;
let host: pg.Pool;
const pools: pg.Pool[] = [];

function poolOf(server: LocalPostgres, name = 'writer'): pg.Pool {
  const pool = newPool({ connectionString: server.url, max: 3, application_name: name });
  pools.push(pool);
  return pool;
}

beforeAll(async () => {
  primary = await startLocalPostgres({ durable: false });
  host = poolOf(primary, 'host');
  await migrate({ pool: host });
  // Without a key: an event that is taken twice stands there twice.
  await host.query('create table public.taken (n bigint generated always as identity, position bigint not null)');
  replica = await startReplica(primary, 'reader');
});

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await replica.stop();
  await primary.stop();
});

function anEvent(round: number): NewEvent {
  const event = [requested(), attached(), detached][round % 3] ?? requested();
  const context = { actor: 'user-7', correlationId: 'proof', causationId: null };
  return paymentMethodCodec.encode(event, randomUUID(), context);
}

/** Appends for itself and, in transactions that are held open and often rolled back, with others waiting behind it. */
async function write(writer: number): Promise<void> {
  const random = randomFrom(writer);
  const store = new PostgresEventStore({ pool: poolOf(primary), notify: writer % 2 === 0 });
  for (let round = 1; round <= 30; round += 1) {
    const stream = `paymentMethod-pm_${round % 7}`;
    const append = { stream, expectedVersion: 'any' as const, events: [anEvent(round), anEvent(round + 1)] };
    if (random() < 0.7) {
      await store.append([append]);
      continue;
    }
    const transaction = await beginTransaction(primary.url);
    await transaction.store.append([append]);
    await sleep(random() * 5);
    await transaction.end(random() < 0.4 ? 'rollback' : 'commit');
  }
  await store.close();
}

/** Ends the connections of the consumers, now and then: each time, a transaction may be half done. */
function disturb(): () => Promise<void> {
  let going = true;
  const disturbing = (async () => {
    while (going) {
      await host.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'consumer' and random() < 0.5`,
      );
      await sleep(40);
    }
  })();
  return async () => {
    going = false;
    await disturbing;
  };
}

describe('P6: subscriptions under twelve writers that hold and roll back transactions, and connections that are lost', () => {
  it('skip, double and reorder nothing; nor do read models', async () => {
    const common = { timers: systemTimers };
    const settings = { pollMs: 20, maxTries: 1 };
    const hints = new PostgresAppendHints({ pool: poolOf(primary, 'consumer') });
    const onPrimary: number[] = [];
    const onReplica: number[] = [];
    const problems: unknown[] = [];
    const subscriptions = (server: LocalPostgres) =>
      new Subscriptions<pg.PoolClient>({
        ...common,
        eventStore: new PostgresEventStore({ pool: poolOf(server, 'consumer') }),
        checkpoints: new PostgresCheckpoints<pg.PoolClient>({ pool: poolOf(primary, 'consumer') }),
        hints,
      });
    const take = async ({ position }: TrailRecord, client: pg.PoolClient) => {
      await client.query('insert into public.taken (position) values ($1)', [position]);
    };
    const onProblem = (error: unknown) => problems.push(error);
    const running = [
      subscriptions(primary).subscribe({
        ...settings,
        consumer: 'primary',
        onProblem,
        handle: ({ position }) => void onPrimary.push(position),
      }),
      subscriptions(replica).subscribe({
        ...settings,
        consumer: 'replica',
        onProblem,
        handle: ({ position }) => void onReplica.push(position),
      }),
      // Two processes, and batches of several events in one transaction.
      ...[1, 7].map((batchEvents) =>
        subscriptions(primary).subscribe({
          ...settings,
          consumer: 'ledger',
          batchEvents,
          onProblem,
          handleInTransaction: take,
        }),
      ),
    ];
    const undisturb = disturb();
    onTestFinished(async () => {
      await undisturb();
      await Promise.all(running.map((subscription) => subscription.close()));
      await hints.close();
    });

    const eventStore = new PostgresEventStore({ pool: host });
    const projections = new Projections({
      eventStore,
      readModels: new PostgresReadModels({ pool: host }),
      batchEvents: 7,
    });
    let isWriting = true;
    const projecting = (async () => {
      while (isWriting) {
        await projections.catchUp(paymentMethodsByCustomer);
        await projections.rebuild(paymentMethodsByCustomer);
        await sleep(50);
      }
    })();
    await Promise.all(Array.from({ length: 12 }, (_, writer) => write(writer)));
    isWriting = false;
    await projecting;
    await undisturb();

    const { position: head } = await eventStore.readHead();
    const status = async (consumer: string) => (await subscriptions(primary).status(consumer))?.position;
    for (const consumer of ['primary', 'replica', 'ledger']) {
      await until(`${consumer} is at the head`, async () => (await status(consumer)) === head);
    }
    const all = Array.from({ length: head }, (_, index) => index + 1);
    const { rows } = await host.query<{ position: number }>('select position::int from public.taken order by n');
    expect(rows.map(({ position }) => position)).toEqual(all);
    // At least once: what was handled before a lost connection may come again, and nothing comes before what precedes it.
    for (const seen of [onPrimary, onReplica]) expect(firstTimes(seen)).toEqual(all);

    const records = [];
    for await (const record of new Trail({ eventStore }).read()) records.push(record);
    const documents = new Map<string, unknown>();
    for await (const { key, document } of projections.list(paymentMethodsByCustomer, { caughtUp: true })) {
      documents.set(key, document);
    }
    expect(documents).toEqual(replayed(paymentMethodsByCustomer, records));

    // None of it would mean much if nothing had been in the way.
    expect(head).toBeGreaterThan(400);
    expect(problems.length).toBeGreaterThan(3);
  }, 120_000);
});

/** Each position as it came first; a repeat may only be of what was there already. */
function firstTimes(seen: readonly number[]): number[] {
  return [...new Set(seen)];
}
