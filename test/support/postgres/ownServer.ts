import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalPostgres } from '../../../src/adapters/localPostgres/index.ts';
import { startLocalPostgres } from '../../../src/adapters/localPostgres/index.ts';

/** A server that one test file has to itself: it can be stopped, crashed and started again at the same address. */
export type OwnServer = {
  readonly url: string;
  /** The folder that holds its data folder, `data`. */
  readonly folder: string;
  /** The process started last. */
  readonly pid: () => number;
  start(settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Rolls back what is open. */
  stop(): Promise<void>;
  /** Stops at once, as a crash does: what is open is lost, and what was flushed is recovered by the next start. */
  crash(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
};

/** Starts a server. Its data survives its stops and crashes; the machine's only if it is `durable`. */
export async function startOwnServer({ durable = false } = {}): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'own-postgres-'));
  let server: LocalPostgres = await startLocalPostgres({ folder, durable });
  const { url, port } = server;
  return {
    url,
    folder,
    pid: () => server.pid,
    async start(settings) {
      server = await startLocalPostgres({ folder, durable, port, settings });
    },
    stop: () => server.stop(),
    async crash() {
      process.kill(server.pid, 'SIGQUIT');
      await server.stop();
    },
    async remove() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
