import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { OwnServer } from '../../support/postgres/ownServer.ts';
import { startOwnServer } from '../../support/postgres/ownServer.ts';
import { append, untilWaiting } from './support.ts';

let server: OwnServer;
let pool: pg.Pool;
let admin: pg.Pool;

beforeAll(async () => {
  server = await startOwnServer();
  admin = newPool('admin');
  await migrate({ pool: admin });
});
afterAll(async () => {
  await admin.end();
  await server.remove();
});
beforeEach(async () => {
  await admin.query(`alter system set synchronous_standby_names = 'nobody'`);
  // The server as a whole has taken the setting in only when it has started with it.
  await server.stop();
  await server.start();
  pool = newPool('app');
});
afterEach(async () => {
  await releaseWaiting();
  await pool.end();
});

function newPool(application_name: string): pg.Pool {
  const made = new pg.Pool({ connectionString: server.url, application_name });
  made.on('error', () => {});
  return made;
}

/** As when the standby is back: every commit that waits for it is told. */
async function releaseWaiting(): Promise<void> {
  await admin.query('alter system reset synchronous_standby_names');
  await admin.query('select pg_reload_conf()');
}

describe('P11: an append whose synchronous standby does not answer', () => {
  it.each([
    ['pg_cancel_backend', 'notice'],
    ['pg_terminate_backend', 'notice'],
    ['pg_cancel_backend', 'error'],
  ])(
    'and whose wait was ended by %s waits again, and is answered once there is a standby, where the host hears from %s on',
    async (end, level) => {
      pool.on('connect', (client) => void client.query(`set client_min_messages = ${level}`));
      const trail = `${end}-${level}`;
      const store = new PostgresEventStore({ pool, trail });
      let isAnswered = false;
      const appending = append(store).finally(() => (isAnswered = true));
      const first = await untilWaiting(admin, 'app', 'SyncRep');
      await admin.query(`select ${end}($1)`, [first]);
      // It is there already, so the repeat writes no event; its own commit waits all the same, behind the first one's.
      await untilWaiting(admin, 'app', 'SyncRep', first);
      const { rows } = await admin.query('select from payment_trail.events where trail = $1', [trail]);
      expect(rows).toHaveLength(1);
      expect(isAnswered).toBe(false);
      await releaseWaiting();
      expect(await appending).toEqual({
        result: 'appended',
        streams: [{ stream: 'a-1', version: 1, position: 1 }],
      });
      expect(await store.readStream('a-1')).toHaveLength(1);
    },
  );

  it('is never said to be appended, however often its wait is cancelled: it is unknown when the deadline ends', async () => {
    const store = new PostgresEventStore({ pool, trail: 'cancelled', limits: { deadlineMs: 1500 } });
    let isSettled = false;
    const appending = append(store).finally(() => (isSettled = true));
    const rejected = expect(appending).rejects.toMatchObject({
      code: 'STORE_COMMIT_UNKNOWN',
      message: expect.stringContaining('Repeat the call'),
    });
    let cancelled = 0;
    while (!isSettled) {
      const { rows } = await admin.query(`select pg_cancel_backend(pid) from pg_stat_activity
        where application_name = 'app' and wait_event = 'SyncRep'`);
      cancelled += rows.length;
    }
    await rejected;
    expect(cancelled).toBeGreaterThan(1);
  });
});
