import { randomUUID } from 'node:crypto';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import type pg from 'pg';
import { startLocalPostgres } from '../src/adapters/localPostgres/index.ts';
import { makePool, sample } from './appenders/appender.ts';
import type { Contender, Row } from './harness.ts';
import { compare } from './harness.ts';

const sizes = [10_000, 1_000_000, 5_000_000];
const eventsPerFill = 20_000;
/** Streams of two events, as an attach leaves them, in an order of ids that is as random as Stripe's. */
const eventsPerStream = 2;

/**
 * Appends per second to trails that hold ten thousand, a million and five million events already, side by side on one
 * fully durable server. What they hold is small (data of 40 bytes), so that the indexes are as large as such trails' are
 * and the fill takes minutes; what is appended is 1 KB. No checkpoint falls into the run: at such rates the whole pages
 * that one makes the next appends write are soon written.
 */
export async function benchGrowth(rounds: number, print: (line: string) => void): Promise<Row[]> {
  const server = await startLocalPostgres({
    settings: { max_wal_size: '16GB', checkpoint_timeout: '1h', shared_buffers: '1GB' },
  });
  const pool = makePool(server.url);
  const stores: PostgresEventStore[] = [];
  try {
    const contenders: Contender[] = [];
    for (const size of sizes) {
      const schema = `trail_of_${size}`;
      await migrate({ pool, schema });
      await fill(pool, schema, size, print);
      const store = new PostgresEventStore({ pool, schema });
      stores.push(store);
      contenders.push({ name: nameOf(size), once: () => appendOne(store) });
    }
    const callsPerSample = (callers: number) => (callers === 1 ? 1500 : 6000);
    return await compare({ contenders, floor: nameOf(sizes[0]), callers: [1, 32], rounds, callsPerSample, print });
  } finally {
    for (const store of stores) await store.close();
    await pool.end();
    await server.stop();
  }
}

function nameOf(size: number | undefined): string {
  return size === sizes.at(-1) ? 'ours' : `ours at ${size} events`;
}

async function appendOne(store: PostgresEventStore): Promise<void> {
  const stream = `paymentMethod-pm_${randomUUID().replaceAll('-', '')}`;
  const event = { eventId: randomUUID(), ...sample };
  await store.append([{ stream, expectedVersion: 0, events: [event] }]);
}

/** Through the module's own function, in large batches: a trail with a chain that verifies. */
async function fill(pool: pg.Pool, schema: string, size: number, print: (line: string) => void): Promise<void> {
  const begun = performance.now();
  const store = new PostgresEventStore({ pool, schema, limits: { maxBatchUnits: eventsPerFill } });
  const { type, metadata } = sample;
  for (let done = 0; done < size; done += eventsPerFill) {
    const streams = Math.min(eventsPerFill, size - done) / eventsPerStream;
    const appends = Array.from({ length: streams }, () => ({
      stream: `paymentMethod-pm_${randomUUID().replaceAll('-', '')}`,
      expectedVersion: 0,
      events: Array.from({ length: eventsPerStream }, () => ({
        eventId: randomUUID(),
        type,
        data: '{"paymentMethodId":"pm_1MqM05LkdIwHu7"}',
        metadata,
      })),
    }));
    await store.append(appends);
  }
  await store.close();
  await pool.query(`analyze ${schema}.events`);
  print(`filled ${size} events in ${Math.round((performance.now() - begun) / 1000)} s`);
}
