import { randomUUID } from 'node:crypto';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import { startLocalPostgres } from '../src/adapters/localPostgres/index.ts';
import { makePool, sample } from './appenders/appender.ts';
import type { Contender, Row } from './harness.ts';
import { compare } from './harness.ts';

const trailCounts = [1, 2, 4, 8];

/** Appends per second with the same callers spread over more trails of one database, to new streams. */
export async function benchTrails(rounds: number, print: (line: string) => void): Promise<Row[]> {
  const server = await startLocalPostgres();
  const pool = makePool(server.url);
  const stores: PostgresEventStore[] = [];
  try {
    await migrate({ pool });
    const contenders = trailCounts.map((count): Contender => {
      const trails = Array.from({ length: count }, (_, index) => {
        const store = new PostgresEventStore({ pool, trail: `acct_${count}_${index}` });
        stores.push(store);
        return store;
      });
      const once = async (index: number) => {
        const stream = `paymentMethod-pm_1NewStream${index}`;
        const event = { eventId: randomUUID(), ...sample };
        await trails[index % count]?.append([{ stream, expectedVersion: 0, events: [event] }]);
      };
      return { name: nameOf(count), once };
    });
    const callsPerSample = (callers: number) => (callers === 8 ? 2000 : 4000);
    return await compare({ contenders, floor: nameOf(1), callers: [8, 128], rounds, callsPerSample, print });
  } finally {
    for (const store of stores) await store.close();
    await pool.end();
    await server.stop();
  }
}

function nameOf(count: number): string {
  return count === 1 ? 'ours' : `ours, ${count} trails`;
}
