import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { OwnServer } from '../../support/postgres/ownServer.ts';
import { startOwnServer } from '../../support/postgres/ownServer.ts';
import { append, holdTurns, untilWaiting } from './support.ts';

/** Longer than any of the first waits between tries, so that the deadline is what counts. */
const downMs = 2000;

let server: OwnServer;
let pool: pg.Pool;
let trail = 0;

beforeAll(async () => {
  server = await startOwnServer();
  const migrating = newPool('migrate');
  await migrate({ pool: migrating });
  await migrating.end();
});
afterAll(() => server.remove());
beforeEach(() => {
  trail += 1;
  pool = newPool('app');
});
afterEach(() => pool.end());

function newPool(application_name: string): pg.Pool {
  const made = new pg.Pool({ connectionString: server.url, application_name });
  made.on('error', () => {});
  return made;
}

const newStore = () => new PostgresEventStore({ pool, trail: `t-${trail}` });

const appendedFirst = { result: 'appended', streams: [{ stream: 'a-1', version: 1, position: 1 }] };

/** What becomes of an attempt to connect just now. */
async function connecting(): Promise<string> {
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return 'connected';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

describe('a server that restarts', () => {
  it('is waited for: while it shuts down, while it is down, and while it starts', async () => {
    const store = newStore();
    const last = new pg.Client({ connectionString: server.url });
    await last.connect();
    // A smart shutdown: it waits for the last client, and takes no new one.
    process.kill(server.pid(), 'SIGTERM');
    await expect.poll(connecting).toBe('57P03');
    const appending = append(store);
    await last.end();
    await server.stop();
    expect(await connecting()).toBe('ECONNREFUSED');
    await sleep(downMs);
    await server.start();
    expect(await appending).toEqual(appendedFirst);
  });

  it('after an immediate stop in the middle of an append has the event once', async () => {
    const store = newStore();
    await append(store, 'warm-1');
    const holding = newPool('holder');
    const letGo = await holdTurns(holding);
    const appending = append(store);
    await untilWaiting(holding, 'app');
    await server.crash();
    await server.start();
    expect(await appending).toMatchObject({ streams: [{ stream: 'a-1', version: 1, position: 2 }] });
    expect(await store.readStream('a-1')).toHaveLength(1);
    await letGo();
    await holding.end();
  });
});

describe('a standby', () => {
  it('refuses an append until it is promoted, and then takes it', async () => {
    const store = newStore();
    await server.stop();
    await writeFile(join(server.folder, 'data', 'standby.signal'), '');
    await server.start();
    const refused: unknown[] = [];
    pool.on('release', (error: unknown) => refused.push(error));
    const appending = append(store);
    await expect.poll(() => refused.length).toBeGreaterThan(1);
    expect(refused).toContainEqual(expect.objectContaining({ code: '25006' }));
    const admin = newPool('admin');
    await admin.query('select pg_promote()');
    expect(await appending).toEqual(appendedFirst);
    await admin.end();
  });
});

describe('a server without a free connection', () => {
  it('is waited for until there is one', async () => {
    await server.stop();
    await server.start({ max_connections: '5', superuser_reserved_connections: '0' });
    const store = newStore();
    const others = await Promise.all([1, 2, 3, 4, 5].map(() => occupy()));
    expect(await connecting()).toBe('53300');
    const appending = append(store);
    await sleep(100);
    await others[0]?.end();
    expect(await appending).toEqual(appendedFirst);
    await Promise.all(others.slice(1).map((client) => client.end()));
  });
});

async function occupy(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  return client;
}
