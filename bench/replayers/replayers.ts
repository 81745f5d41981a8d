import { createRequire } from 'node:module';
import { PostgresEventStore, PostgresReplay } from 'attach-payment-method/postgres';
import pg from 'pg';
import { Fold } from './fold.ts';
import { replayEmmett } from './emmett.ts';

/** Reads all events of a database and folds them; answers how many there were. */
type Replayer = (url: string) => Promise<number>;

const cursorRows = 1000;

/** By the contender's name. */
export const replayers: Readonly<Record<string, Replayer>> = {
  ours: (url) => replay(url, 1),
  'ours, two ranges': (url) => replay(url, 2),
  'ours, readTrail by COPY': (url) => readTrail(url, (pool) => new PostgresReplay({ pool })),
  'ours, readTrail': (url) => readTrail(url, (pool) => new PostgresEventStore({ pool })),
  'pg cursor': cursor,
  emmett: replayEmmett,
};

async function replay(url: string, ranges: number): Promise<number> {
  return withPool(url, async (pool) => {
    const folds = Array.from({ length: ranges }, () => new Fold());
    await new PostgresReplay({ pool }).replay({ ranges }, ({ data }, range) => folds[range]?.addText(data));
    return folds.reduce((sum, { events }) => sum + events, 0);
  });
}

async function readTrail(
  url: string,
  source: (pool: pg.Pool) => Pick<PostgresEventStore, 'readTrail'>,
): Promise<number> {
  return withPool(url, async (pool) => {
    const fold = new Fold();
    for await (const { data } of source(pool).readTrail()) fold.addText(data);
    return fold.events;
  });
}

type Cursor = { read(rows: number): Promise<{ data: object }[]>; close(): Promise<void> };

async function cursor(url: string): Promise<number> {
  return withPool(url, async (pool) => {
    const PgCursor = createRequire(new URL('../peers/', import.meta.url))('pg-cursor') as new (text: string) => Cursor;
    const client = await pool.connect();
    const text = `select position, version, stream, type, data, metadata, event_id, recorded_at, hash
      from payment_trail.events where trail = 'default' order by position`;
    const reading = client.query(new PgCursor(text) as never) as Cursor;
    const fold = new Fold();
    for (let rows = await reading.read(cursorRows); rows.length > 0; rows = await reading.read(cursorRows)) {
      for (const { data } of rows) fold.add(data);
    }
    await reading.close();
    client.release();
    return fold.events;
  });
}

async function withPool<Result>(url: string, work: (pool: pg.Pool) => Promise<Result>): Promise<Result> {
  const pool = new pg.Pool({ connectionString: url });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
