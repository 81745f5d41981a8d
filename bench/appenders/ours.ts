import { randomUUID } from 'node:crypto';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import type { Appender } from './appender.ts';
import { makePool, sample } from './appender.ts';

/** This module's store, as it is shipped: the hash chain, the order of positions, the check of versions. */
export async function startOurs(url: string): Promise<Appender> {
  const pool = makePool(url);
  await migrate({ pool });
  const store = new PostgresEventStore({ pool });
  return {
    name: 'ours',
    append: async (stream, expectedVersion) => {
      const event = { eventId: randomUUID(), ...sample };
      const { result } = await store.append([{ stream, expectedVersion, events: [event] }]);
      if (result !== 'appended') throw new Error(`the bench wants appended, and got ${result} for ${stream}`);
    },
    close: async () => {
      await store.close();
      await pool.end();
    },
  };
}
