import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verify } from '../../../src/adapters/audit/index.ts';
import type { PgConnection } from '../../../src/adapters/postgres/index.ts';
import { PostgresEventStore } from '../../../src/adapters/postgres/index.ts';
import type { RecordedEvent } from '../../../src/application/ports/eventStore.ts';
import { all, anEvent } from '../../../src/testing/eventStore/support.ts';
import type { Pick, Sealed, Tamper } from '../../support/flips.ts';
import { flipped, pickEvent, whereChanged } from '../../support/flips.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import { randomFrom } from '../../support/random.ts';
import { aSealKey, sealsAt } from '../../support/sealing.ts';
import { tamperKinds, withoutRow } from '../../support/tampers.ts';

const seed = Number(process.env['TAMPER_SEED'] ?? 1);
const planted = 300;
const trail = 'acct_1';
const key = aSealKey();
let database: TestDatabase;
let superuser: pg.PoolClient;
let sealed: Sealed;
beforeAll(async () => {
  database = await createTestDatabase();
  const pool = database.pool();
  const store = new PostgresEventStore({ pool, trail });
  for (let index = 0; index < 24; index += 1) {
    const data = JSON.stringify({ n: index, name: 'Ana 𝄞 é', padding: 'x'.repeat(index) });
    await store.append([{ stream: `a-${(index * 5) % 7}`, expectedVersion: 'any', events: [anEvent({ data })] }]);
  }
  const kept = { events: await all(store), head: await store.readHead() };
  sealed = { ...kept, seals: await sealsAt(kept, [7, 15, 21], key) };
  superuser = await pool.connect();
});
afterAll(async () => {
  superuser.release();
  await database.drop();
});

/** As in the tampered transaction, on the superuser's own connection. */
function storeWithin(): PostgresEventStore {
  const connection: PgConnection = {
    query: (query) => superuser.query(query),
    on: (event, listener) => superuser.on(event, listener),
    off: (event, listener) => superuser.off(event, listener),
    release: () => {},
  };
  return new PostgresEventStore({ pool: { connect: async () => connection }, trail });
}

/** What columns of these types, with these keys, can hold: a superuser who drops the keys as well gains nothing. */
function isStorable(changed: RecordedEvent, others: readonly RecordedEvent[]): boolean {
  const { position, stream, version, eventId, recordedAt } = changed;
  const isTaken = others.some(
    (other) => other.position === position || (other.stream === stream && other.version === version),
  );
  const texts = [changed.trail, stream, changed.type, changed.data, changed.metadata];
  return (
    !isTaken &&
    texts.every((text) => !/[\p{Cc}\ufffd]/u.test(text)) &&
    [changed.data, changed.metadata].every(isJson) &&
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(eventId) &&
    /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(recordedAt) &&
    isDay(`${recordedAt.slice(0, 23)}Z`)
  );
}

function isDay(text: string): boolean {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString() === text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function flipStored(pick: Pick): Tamper {
  const event = pickEvent(sealed, pick);
  const others = sealed.events.filter((other) => other !== event);
  let changed = flipped(event, pick);
  while (!isStorable(changed, others)) changed = flipped(event, pick);
  // A row of another trail is none of this one.
  if (changed.trail !== trail) return withoutRow(sealed, event.position);
  const title = `a bit of ${event.position}: ${JSON.stringify(changed)}`;
  return { ...sealed, events: [...others, changed], title, ...whereChanged(sealed, event, changed) };
}

/** Makes the tables say what the tamper says, with the guards away. */
async function plant({ events, head }: Tamper): Promise<void> {
  const columns =
    'trail, position, stream, version, "eventId", type, data, metadata, "recordedAt", decode(hash, \'hex\')';
  const types = `trail text, position bigint, stream text, version bigint, "eventId" uuid, type text, data text,
    metadata text, "recordedAt" timestamptz, hash text`;
  const untouched = events.filter((event) => sealed.events.includes(event));
  const keep = untouched.map(({ position }) => position);
  const put = JSON.stringify(events.filter((event) => !untouched.includes(event)));
  await superuser.query('alter table payment_trail.events disable trigger user');
  await superuser.query('alter table payment_trail.trails disable trigger user');
  await superuser.query('delete from payment_trail.events where trail = $1 and position <> all ($2)', [trail, keep]);
  await superuser.query(
    `insert into payment_trail.events (trail, position, stream, version, event_id, type, data, metadata, recorded_at, hash)
     select ${columns.replace('data, metadata', 'data::json, metadata::json')} from json_to_recordset($1) as (${types})`,
    [put],
  );
  await superuser.query(`update payment_trail.trails set position = $2, hash = decode($3, 'hex') where trail = $1`, [
    trail,
    head.position,
    head.hash,
  ]);
}

it(`P7: ${planted} tampers by a superuser are found in the tables (TAMPER_SEED=${seed})`, {
  timeout: 300_000,
}, async () => {
  const random = randomFrom(seed);
  const pick: Pick = (least, most) => least + Math.floor(random() * (most - least + 1));
  const kinds = Object.values({ ...tamperKinds, 'a bit of an event': (_: Sealed, by: Pick) => flipStored(by) });
  const missed: unknown[] = [];
  for (let index = 0; index < planted; index += 1) {
    const tamper = kinds[index % 2 === 0 ? 0 : (index >> 1) % kinds.length]?.(sealed, pick);
    if (tamper === undefined) throw new TypeError('no kind of tamper');
    await superuser.query('begin');
    await plant(tamper);
    const { seals, title, position, problem } = tamper;
    const verified = await verify(storeWithin(), { trail, seals, publicKeys: { [key.keyId]: key.publicKey } });
    await superuser.query('rollback');
    const isNamed = !verified.intact && verified.position === position && verified.problem === problem;
    if (!isNamed) missed.push({ index, title, position, problem, verified });
  }
  expect(missed.slice(0, 5)).toEqual([]);
  const store = storeWithin();
  expect(await verify(store, { trail, seals: sealed.seals, publicKeys: { [key.keyId]: key.publicKey } })).toMatchObject(
    {
      intact: true,
      events: 24,
      sealedUpTo: 21,
    },
  );
});
