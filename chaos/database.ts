import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { LocalPostgres } from '../src/adapters/localPostgres/index.ts';
import { startLocalPostgres } from '../src/adapters/localPostgres/index.ts';
import { migrate } from '../src/adapters/postgres/index.ts';
import { newPool } from '../test/support/postgres/newPool.ts';
import { startReplica } from '../test/support/postgres/replica.ts';
import { until } from '../test/support/until.ts';
import type { Chance } from '../sim/engine/chance.ts';
import { Line } from './line.ts';

const settings = {
  max_connections: '100',
  wal_retrieve_retry_interval: '200ms',
  // As safe, and back several times sooner after a crash; only Linux has it.
  ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
};

/** A real Postgres that keeps what it acknowledged, and the line by which the application processes reach it. */
export class Database {
  readonly line: Line;
  readonly #folder: string;
  #server: LocalPostgres;
  #standby: LocalPostgres | null = null;
  /** what the primary streams over */
  #toStandby: Line | null = null;

  private constructor(folder: string, server: LocalPostgres, line: Line) {
    this.#folder = folder;
    this.#server = server;
    this.line = line;
  }

  static async start(): Promise<Database> {
    const folder = await mkdtemp(join(tmpdir(), 'chaos-postgres-'));
    const server = await startLocalPostgres({ folder, settings });
    const database = new Database(folder, server, await Line.start(server.port, isWholeAnswer));
    const pool = database.pool();
    await migrate({ pool });
    await pool.end();
    return database;
  }

  /** A pool that goes past the line. */
  pool(): pg.Pool {
    return newPool({ connectionString: this.#server.url, max: 2 });
  }

  /** As the processes reach it. */
  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.line.port}/postgres`;
  }

  /** Stops at once, as a crash does, and is back after so long. */
  async stopImmediately(downMs: number): Promise<void> {
    const { port, pid } = this.#server;
    process.kill(pid, 'SIGQUIT');
    await this.#server.stop();
    await sleep(downMs);
    this.#server = await startLocalPostgres({ folder: this.#folder, port, settings });
  }

  /** Ends one connection's process politely; one at work where there is any. */
  async terminateBackend(): Promise<void> {
    await this.#ask(`select pg_terminate_backend(pid) from (${backends} limit 1) one`);
  }

  /** Kills one connection's process, at which the server drops them all and recovers. */
  async killBackend(): Promise<void> {
    const [row] = await this.#ask(`${backends} limit 1`);
    if (row === undefined) return;
    process.kill(Number(row['pid']), 'SIGKILL');
    await until('the server has noticed', async () => !(await this.#isThere(Number(row['pid']))));
  }

  /** Gives it a standby that every commit waits for. To be called while nobody writes. */
  async addStandby(): Promise<void> {
    this.#toStandby = await Line.start(this.#server.port);
    this.#standby = await startReplica({ ...this.#server, port: this.#toStandby.port }, 'standby');
    await this.#ask(`alter system set synchronous_standby_names = 'standby'`);
    await this.#ask('select pg_reload_conf()');
    const look = `select from pg_stat_replication where sync_state = 'sync'`;
    await until('the standby is synchronous', async () => (await this.#ask(look)).length === 1);
  }

  /** The primary is lost, and its standby takes its place. */
  async failOver(chance: Chance): Promise<void> {
    const standby = this.#standby;
    if (standby === null) throw new Error('There is no standby to fail over to.');
    const lost = this.#server;
    // What is written from here on never reaches the standby: nobody may be told that it is durable.
    await this.#toStandby?.close();
    await sleep(chance.between(50, 200));
    process.kill(lost.pid, 'SIGQUIT');
    await lost.stop();
    this.line.pointTo(standby.port);
    this.line.cutAll('reset');
    // Before it is promoted: what is appended meanwhile meets a server that only reads.
    await sleep(chance.between(0, 150));
    this.#server = standby;
    this.#standby = null;
    this.#toStandby = null;
    await this.#ask('select pg_promote()');
  }

  /** Waits until nothing that a dead process has sent can be carried out any more. */
  async untilDeserted(): Promise<void> {
    await until('the dead have left', async () => (await this.#ask(backends)).length === 0);
  }

  async remove(): Promise<void> {
    await this.line.close();
    await this.#server.stop();
    await this.#standby?.stop();
    await this.#toStandby?.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #isThere(pid: number): Promise<boolean> {
    try {
      return (await this.#ask(`select from pg_stat_activity where pid = ${pid}`)).length > 0;
    } catch {
      return true;
    }
  }

  #ask(statement: string): Promise<readonly Record<string, unknown>[]> {
    return ask(this.#server, statement);
  }
}

const backends = `select pid from pg_stat_activity where application_name = 'chaos' order by state = 'active' desc, random()`;

/** Runs one statement past the line. The server may go away at any time: that is its error, and nobody else's. */
async function ask({ url }: LocalPostgres, statement: string): Promise<readonly Record<string, unknown>[]> {
  const pool = newPool({ connectionString: url, max: 1 });
  try {
    const { rows } = await pool.query<Record<string, unknown>>(statement);
    return rows;
  } finally {
    await pool.end();
  }
}

/** True when the server has said all it will: the last message is ReadyForQuery. By then it has committed. */
function isWholeAnswer(bytes: Buffer): boolean {
  return bytes.subarray(-6, -1).equals(Buffer.from([0x5a, 0, 0, 0, 5]));
}
