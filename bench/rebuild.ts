import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { paymentMethodsByCustomer, Projections } from 'attach-payment-method';
import { migrate, PostgresEventStore, PostgresReadModels, PostgresReplay } from 'attach-payment-method/postgres';
import { InMemoryReadModels } from 'attach-payment-method/testing';
import * as z from 'zod';
import { startLocalPostgres } from '../src/adapters/localPostgres/index.ts';
import { makePool } from './appenders/appender.ts';
import type { Row, Sample } from './harness.ts';
import { compare } from './harness.ts';

const filledAtOnce = 10_000;
const appendsPerSample = 2_000;
const customers = 50_000;
const golden = new URL('../test/application/events/golden/PaymentMethodAttached.v1.json', import.meta.url);
const goldenEvent = z.object({ type: z.string(), data: z.object({}).loose(), metadata: z.object({}).loose() });

/**
 * Appends per second, alone and while the same process rebuilds a read model of the whole trail, over and over: with a
 * rest after every batch, as `onProgress` may make one, and without. In the end the read model must be what a replay from
 * zero makes, in memory.
 */
export async function benchRebuild(
  { rounds, events }: { readonly rounds: number; readonly events: number },
  print: (line: string) => void,
): Promise<Row[]> {
  const server = await startLocalPostgres({ settings: { max_wal_size: '4GB' } });
  const pool = makePool(server.url);
  try {
    await migrate({ pool });
    print(`appending ${events} events`);
    const { type, data, metadata } = goldenEvent.parse(JSON.parse(readFileSync(golden, 'utf8')));
    for (let from = 1; from <= events; from += filledAtOnce) {
      await pool.query(
        `select payment_trail.append('default', array_agg(n), array_agg('paymentMethod-pm_1' || n),
           array_agg(0::bigint), array_agg(null::uuid), array_agg(1), array_agg(gen_random_uuid()), array_agg($3::text),
           string_agg(replace($4, 'cus_', 'cus_' || n % ${customers} || 'x'), e'\\x1f'),
           string_agg($5, e'\\x1f'), 60000)
         from generate_series($1::integer, $2::integer) n`,
        [from, Math.min(events, from + filledAtOnce - 1), type, JSON.stringify(data), JSON.stringify(metadata)],
      );
    }
    await pool.query('vacuum analyze');
    const store = new PostgresEventStore({ pool });
    const append = async () => {
      const event = { eventId: randomUUID(), type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
      await store.append([{ stream: `paymentMethod-pm_2${randomUUID()}`, expectedVersion: 0, events: [event] }]);
    };
    const replay = new PostgresReplay({ pool });
    const source = { readTrail: replay.readTrail.bind(replay), readHead: () => store.readHead() };
    const projections = new Projections({ eventStore: source, readModels: new PostgresReadModels({ pool }) });
    const rows = await compare({
      contenders: [
        { name: 'appends alone', once: append },
        { name: 'ours', once: append, measure: () => whileRebuilding(projections, append, restAsLong(), print) },
        {
          name: 'ours, without rests',
          once: append,
          measure: () => whileRebuilding(projections, append, goOn, print),
        },
      ],
      floor: 'appends alone',
      callers: [1],
      rounds,
      callsPerSample: () => appendsPerSample,
      print,
    });
    await rebuildWhileAppending(projections, append);
    await expectReplay(projections, source);
    print('equal to a replay from zero');
    return rows;
  } finally {
    await pool.end();
    await server.stop();
  }
}

async function whileRebuilding(
  projections: Projections,
  append: () => Promise<void>,
  rest: () => Promise<unknown>,
  print: (line: string) => void,
): Promise<Sample> {
  const controller = new AbortController();
  let applied = 0;
  let last = 0;
  const onProgress = ({ position }: { readonly position: number }) => {
    applied += Math.max(0, position - last);
    last = position;
    return rest();
  };
  const rebuilding = (async () => {
    while (!controller.signal.aborted) {
      last = 0;
      await projections
        .rebuild(paymentMethodsByCustomer, { onProgress, signal: controller.signal })
        .catch(ignoreAbort(controller.signal));
    }
  })();
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const latencies: number[] = [];
  for (let call = 0; call < appendsPerSample; call += 1) {
    const asked = performance.now();
    await append();
    latencies.push(performance.now() - asked);
  }
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  controller.abort();
  await rebuilding;
  print(`rebuilt ${Math.round(applied / seconds)} events a second meanwhile`);
  latencies.sort((one, other) => one - other);
  return {
    perSecond: appendsPerSample / seconds,
    p50Ms: latencies[Math.floor(appendsPerSample * 0.5)] ?? Number.NaN,
    p99Ms: latencies[Math.floor(appendsPerSample * 0.99)] ?? Number.NaN,
    cpuMicros: (user + system) / appendsPerSample,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
  };
}

const goOn = () => Promise.resolve();

/** A rest after every batch, as long as the batch took. */
function restAsLong(): () => Promise<void> {
  let worksSince = performance.now();
  return async () => {
    await setTimeout(performance.now() - worksSince);
    worksSince = performance.now();
  };
}

function ignoreAbort(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}

/** From the beginning to the moment when it takes its place, with appends all the while: what is compared in the end. */
async function rebuildWhileAppending(projections: Projections, append: () => Promise<void>): Promise<void> {
  let isBuilt = false;
  const rebuilding = projections.rebuild(paymentMethodsByCustomer).finally(() => {
    isBuilt = true;
  });
  while (!isBuilt) await append();
  await rebuilding;
}

async function expectReplay(
  projections: Projections,
  source: ConstructorParameters<typeof Projections>[0]['eventStore'],
): Promise<void> {
  await projections.catchUp(paymentMethodsByCustomer);
  const replayed = new Projections({ eventStore: source, readModels: new InMemoryReadModels() });
  await replayed.catchUp(paymentMethodsByCustomer);
  const documents = new Map<string, unknown>();
  for await (const { key, document } of replayed.list(paymentMethodsByCustomer)) documents.set(key, document);
  let found = 0;
  for await (const { key, document } of projections.list(paymentMethodsByCustomer)) {
    found += 1;
    if (!isDeepStrictEqual(document, documents.get(key))) throw new Error(`${key} is not what a replay makes of it`);
  }
  if (found !== documents.size) throw new Error(`${found} documents; a replay makes ${documents.size}`);
}
