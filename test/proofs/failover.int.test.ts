import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalPostgres, startLocalPostgres } from '../../src/adapters/localPostgres/index.ts';
import { migrate, PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import { newPool } from '../support/postgres/newPool.ts';
import { type Relay, startRelay } from '../support/postgres/relay.ts';
import { startReplica } from '../support/postgres/replica.ts';
import { runStatement } from '../support/postgres/statements.ts';
import { until } from '../support/until.ts';
import { type Acknowledgement, keepAppending } from './appends.ts';
import { expectSound } from './expectSound.ts';
import { follow } from './follow.ts';

let primary: LocalPostgres;
let standby: LocalPostgres;
let relay: Relay;
let pool: pg.Pool;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  // The host would not wait for a standby with its own transactions: the store must, with what it acknowledges.
  primary = await startLocalPostgres({ settings: { synchronous_commit: 'local' } });
  undo.push(() => primary.stop());
  relay = await startRelay(primary.port);
  undo.push(() => relay.close());
  pool = newPool({ connectionString: relay.url });
  undo.push(() => pool.end());
  await migrate({ pool });
  standby = await startReplica(primary, 'standby');
  undo.push(() => standby.stop());
  await runStatement(primary.url, `alter system set synchronous_standby_names = 'standby'`);
  await runStatement(primary.url, 'select pg_reload_conf()');
  const look = `select from pg_stat_replication where sync_state = 'sync'`;
  await until('the standby is synchronous', async () => (await runStatement(primary.url, look)).length === 1);
});

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

/** The standby's process that takes in what the primary sends. */
async function walReceiver(): Promise<number> {
  const [row] = await runStatement(standby.url, 'select pid from pg_stat_wal_receiver');
  return Number(row?.['pid']);
}

describe('P6, P11: a failover to a synchronous standby', () => {
  it('loses no acknowledged event, and the store and its readers go on', async () => {
    const store = new PostgresEventStore({ pool });
    const acknowledged: Acknowledgement[] = [];
    const follower = follow(store);
    const stopAppending = keepAppending(store, 'app', (told) => acknowledged.push(told));
    await until('many appends are acknowledged', () => acknowledged.length > 100);

    const receiver = await walReceiver();
    process.kill(receiver, 'SIGSTOP');
    await until('appends wait for the standby', async () => {
      const before = acknowledged.length;
      await sleep(200);
      return acknowledged.length === before;
    });

    process.kill(primary.pid, 'SIGQUIT');
    await primary.stop();
    process.kill(receiver, 'SIGCONT');
    // Before it is promoted: what is appended meanwhile meets a server that only reads.
    relay.pointTo(standby.port);
    await sleep(100);
    const known = acknowledged.length;
    await runStatement(standby.url, 'select pg_promote()');
    await until('many more are acknowledged', () => acknowledged.length > known + 100);
    await stopAppending();
    await follower.stop();

    const trail = await expectSound(store, acknowledged);
    expect(follower.seen).toEqual(trail);
  }, 60_000);
});
