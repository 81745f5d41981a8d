import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import { newPool } from '../support/postgres/newPool.ts';
import { type OwnServer, startOwnServer } from '../support/postgres/ownServer.ts';
import { runStatement } from '../support/postgres/statements.ts';
import { randomFrom } from '../support/random.ts';
import { until } from '../support/until.ts';
import { type Acknowledgement, keepAppending } from './appends.ts';
import { expectSound } from './expectSound.ts';

const seed = 11;
const random = randomFrom(seed);
const program = fileURLToPath(new URL('../support/appenderProgram.ts', import.meta.url));

let server: OwnServer;
let pool: pg.Pool;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  server = await startOwnServer({ durable: true });
  // The host prefers speed for its own transactions: what the store acknowledges must be flushed all the same.
  await runStatement(server.url, 'alter system set synchronous_commit = off');
  await server.stop();
  await server.start();
  pool = newPool({ connectionString: server.url });
  await migrate({ pool });
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await pool.end();
  await server.remove();
});

/** Starts a process that appends, kills it at a random moment, and answers what it had said by then. */
async function appendUntilKilled(writer: string): Promise<Acknowledgement[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, server.url, writer], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (printed === '') setTimeout(() => child.kill('SIGKILL'), random() * 200);
    printed += chunk.toString();
  });
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
  children.delete(child);
  const lines = printed.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Acknowledgement);
}

/** Until the server has noticed that its clients are gone, and finished or dropped what they had sent. */
async function untilSettled(): Promise<void> {
  const look = `select from pg_stat_activity where application_name = 'appender'`;
  await until('the server has let go of the dead', async () => (await runStatement(server.url, look)).length === 0);
}

describe('P11: an acknowledged event survives', () => {
  it('SIGKILL of the application, twenty times: it is there once, and no append is there in part', async () => {
    const acknowledged: Acknowledgement[] = [];
    const killInTurn = async (slot: number) => {
      for (let life = 1; life <= 5; life += 1) acknowledged.push(...(await appendUntilKilled(`app-${slot}-${life}`)));
    };
    await Promise.all([1, 2, 3, 4].map(killInTurn));
    await untilSettled();
    expect(acknowledged.length).toBeGreaterThan(20);
    await expectSound(new PostgresEventStore({ pool }), acknowledged);
  }, 120_000);

  it('an immediate stop of Postgres, five times: the application goes on, and its appends are there once', async () => {
    const acknowledged: Acknowledgement[] = [];
    const store = new PostgresEventStore({ pool, trail: 'stops' });
    const stop = keepAppending(store, 'app', (told) => acknowledged.push(told));
    for (let stops = 0; stops < 5; stops += 1) {
      const before = acknowledged.length;
      await until('appends are acknowledged', () => acknowledged.length > before + 50);
      await sleep(random() * 100);
      await server.crash();
      await server.start();
    }
    await stop();
    await expectSound(store, acknowledged);
  }, 120_000);
});
