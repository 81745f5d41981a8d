import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { PostgresEventStore, PostgresReplay } from 'attach-payment-method/postgres';
import pg from 'pg';

// Plain JavaScript, and the package as it is built: what translates TypeScript on the way would weigh more than a replay.

const peers = createRequire(new URL('../peers/', import.meta.url));
const cursorRows = 1000;

/** What every contender makes of the events: how many there are of each card brand. All of `data` is parsed for it. */
function newFold() {
  const brands = new Map();
  const fold = {
    events: 0,
    add: ({ card }) => {
      fold.events += 1;
      brands.set(card?.brand, (brands.get(card?.brand) ?? 0) + 1);
    },
  };
  return fold;
}

async function replay(pool, ranges) {
  const fold = newFold();
  await new PostgresReplay({ pool }).replay({ ranges }, ({ data }) => fold.add(JSON.parse(data)));
  return fold.events;
}

async function readTrail(source) {
  const fold = newFold();
  for await (const { data } of source.readTrail()) fold.add(JSON.parse(data));
  return fold.events;
}

async function cursor(pool) {
  const Cursor = peers('pg-cursor');
  const client = await pool.connect();
  const reading = client.query(
    new Cursor(`select position, version, stream, type, data, metadata, event_id, recorded_at, hash
      from payment_trail.events where trail = 'default' order by position`),
  );
  const fold = newFold();
  for (let rows = await reading.read(cursorRows); rows.length > 0; rows = await reading.read(cursorRows)) {
    for (const { data } of rows) fold.add(data);
  }
  await reading.close();
  client.release();
  return fold.events;
}

/** Its consumer, with its defaults, up to so many events. */
async function emmett(url, expected) {
  const entry = pathToFileURL(peers.resolve('@event-driven-io/emmett-postgresql')).href;
  const store = (await import(entry)).getPostgreSQLEventStore(url);
  const consumer = store.consumer();
  const fold = newFold();
  consumer.reactor({
    processorId: randomUUID(),
    startFrom: 'BEGINNING',
    stopAfter: () => fold.events === expected,
    eachMessage: ({ data }) => fold.add(data),
  });
  await consumer.start();
  await consumer.close();
  await store.close();
  return fold.events;
}

const contenders = {
  ours: (pool) => replay(pool, 1),
  'ours, two ranges': (pool) => replay(pool, 2),
  'ours, readTrail by COPY': (pool) => readTrail(new PostgresReplay({ pool })),
  'ours, readTrail': (pool) => readTrail(new PostgresEventStore({ pool })),
  'pg cursor': cursor,
  emmett: (_, url, expected) => emmett(url, expected),
};

/** Runs one contender, by its name, the database's address and how many events are there; prints what it took as JSON. */
const [name, url, expected] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url });
const cpu = process.cpuUsage();
const begun = performance.now();
const events = await contenders[name](pool, url, Number(expected));
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(cpu);
await pool.end();
const rssMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ events, seconds, cpuMicros: (user + system) / events, rssMb }));
