import { randomUUID } from 'node:crypto';
import { verify } from 'attach-payment-method/audit';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import type pg from 'pg';
import { startLocalPostgres } from '../src/adapters/localPostgres/index.ts';
import { makePool, sample } from './appenders/appender.ts';
import type { Contender, Row } from './harness.ts';
import { compare } from './harness.ts';

const events = 200_000;
const eventsPerStream = 2;
const streamsPerAppend = 250;
const pageSize = 1000;

/**
 * Events per second that are verified, against what it takes to read them at all: keyset pages of a thousand rows, which
 * `pg` parses as it does by default, without a hash. A trail of 200,000 events of 1 KB, two a stream; one pass is one call.
 */
export async function benchVerify(rounds: number, print: (line: string) => void): Promise<Row[]> {
  const server = await startLocalPostgres();
  const pool = makePool(server.url);
  try {
    await migrate({ pool });
    const store = new PostgresEventStore({ pool });
    print(`appending ${events} events`);
    await fill(store);
    await pool.query('vacuum analyze payment_trail.events');
    return await compare({
      contenders: [keysetPages(pool), ours(store), readOnly(store)],
      floor: 'keyset pages',
      callers: [1],
      rounds,
      callsPerSample: () => 1,
      thingsPerCall: events,
      print,
    });
  } finally {
    await pool.end();
    await server.stop();
  }
}

async function fill(store: PostgresEventStore): Promise<void> {
  for (let from = 0; from < events; from += streamsPerAppend * eventsPerStream) {
    await store.append(
      Array.from({ length: streamsPerAppend }, (_, index) => ({
        stream: `paymentMethod-pm_1MqLiJLkdIwHu7ix${from + index}`,
        expectedVersion: 0,
        events: Array.from({ length: eventsPerStream }, () => ({ eventId: randomUUID(), ...sample })),
      })),
    );
  }
}

function keysetPages(pool: pg.Pool): Contender {
  return {
    name: 'keyset pages',
    once: async () => {
      let read = 0;
      for (let last = '0', isLast = false; !isLast; ) {
        const { rows } = await pool.query<{ position: string }>(
          'select * from payment_trail.events where trail = $1 and position > $2 order by position limit $3',
          ['default', last, pageSize],
        );
        read += rows.length;
        last = rows.at(-1)?.position ?? last;
        isLast = rows.length < pageSize;
      }
      expectAll(read);
    },
  };
}

function ours(store: PostgresEventStore): Contender {
  return {
    name: 'ours',
    once: async () => {
      const verified = await verify(store);
      if (!verified.intact) throw new Error(`the bench's own trail is not intact: ${JSON.stringify(verified)}`);
      expectAll(verified.events);
    },
  };
}

function readOnly(store: PostgresEventStore): Contender {
  return {
    name: 'ours, only reading',
    once: async () => {
      let read = 0;
      for await (const _ of store.readTrail()) read += 1;
      expectAll(read);
    },
  };
}

function expectAll(read: number): void {
  if (read !== events) throw new Error(`${read} events were read; ${events} are there`);
}
