import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PaymentMethodsError } from '../../application/errors.ts';
import { type BinaryPlaces, findBinaries } from './binaries.ts';
import { endServer, freePort, launchServer, runProgram, type Surroundings } from './serverProcess.ts';
import { giveFolder, reachableBinaries, serverUser } from './serverUser.ts';

export type LocalPostgresOptions = {
  /** Holds the data, kept after `stop` and found again by the next start. Without it: a temporary folder. */
  readonly folder?: string | undefined;
  /** False trades the safety of the data for speed: for tests. Default true. */
  readonly durable?: boolean | undefined;
  /** Default: one that is free. */
  readonly port?: number | undefined;
  /** Server settings by name, for example `{ log_statement: 'all' }`. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Where to look for the server's programs. */
  readonly places?: BinaryPlaces | undefined;
};

export type LocalPostgres = {
  /** The superuser `postgres` in the database `postgres`; no password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** For example `18.4`. */
  readonly version: string;
  /** The folder its programs were taken from. */
  readonly binaries: string;
  /** The folder that holds its data. */
  readonly folder: string;
  /** Ends the server, waits for that, and removes a temporary folder. To repeat it is harmless. */
  stop(): Promise<void>;
};

const launches = 12;
const pauseBetweenLaunchesMs = 250;

/**
 * Starts a real Postgres server on loopback, for demos and tests: it trusts every local connection. Works as root and
 * as anybody else. On Linux it ends with this process, whatever ends that (a temporary folder then stays behind);
 * elsewhere only `stop` ends it. A server that still has the folder is waited for, a few seconds; it is never taken
 * over. Throws `STORE_UNAVAILABLE`: no programs found, the folder in use, or the server's own complaint.
 */
export async function startLocalPostgres(options: LocalPostgresOptions = {}): Promise<LocalPostgres> {
  const found = findBinaries(options.places);
  const folder = makeFolder(options.folder);
  const cleanUp = () => {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const user = serverUser();
    giveFolder(folder, user);
    const at = { binaries: reachableBinaries(found, folder, user), folder, user };
    const version = await programVersion(at);
    await createCluster(at, options.durable ?? true);
    const { child, pid, port } = await launch(at, options);
    const stop = async () => {
      await endServer(child);
      cleanUp();
    };
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    return { url, port, pid, version, binaries: found, folder, stop };
  } catch (error) {
    cleanUp();
    throw asUnavailable(error, folder);
  }
}

function makeFolder(folder: string | undefined): string {
  if (folder === undefined) return mkdtempSync(join(tmpdir(), 'local-postgres-'));
  mkdirSync(folder, { recursive: true });
  return resolve(folder);
}

async function programVersion(at: Surroundings): Promise<string> {
  const printed = await runProgram(at, 'postgres', ['--version']);
  return /\d+(\.\d+)?/.exec(printed)?.[0] ?? printed.trim();
}

async function createCluster(at: Surroundings, durable: boolean): Promise<void> {
  if (existsSync(dataFolder(at))) return;
  // Under another name until it is complete: a start that is cut short leaves nothing that looks like a cluster.
  const unfinished = join(at.folder, 'unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  const args = ['-D', unfinished, '-U', 'postgres', '-A', 'trust', '--encoding=UTF8', '--locale=C'];
  await runProgram(at, 'initdb', durable ? args : [...args, '--no-sync']);
  renameSync(unfinished, dataFolder(at));
}

type Launched = { readonly child: ChildProcess; readonly pid: number; readonly port: number };

/** Tries again when the port was taken meanwhile, and while the last owner of the folder is still shutting down. */
async function launch(at: Surroundings, options: LocalPostgresOptions): Promise<Launched> {
  for (let left = launches - 1; ; left -= 1) {
    const port = options.port ?? (await freePort());
    try {
      const child = await launchServer(at, serverArguments(at, port, options));
      if (child.pid === undefined) throw new Error('a running server has a process id');
      return { child, pid: child.pid, port };
    } catch (error) {
      if (left === 0 || !isPassing(error)) throw error;
    }
    await sleep(pauseBetweenLaunchesMs);
  }
}

function isPassing(error: unknown): boolean {
  const log = error instanceof Error ? error.message : '';
  return /Address already in use|postmaster\.pid" already exists|shared memory block .* still in use/.test(log);
}

function serverArguments(at: Surroundings, port: number, options: LocalPostgresOptions): string[] {
  const careless = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...((options.durable ?? true) ? {} : careless),
    ...options.settings,
  };
  const pairs = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', dataFolder(at), '-p', String(port), ...pairs];
}

function dataFolder(at: Surroundings): string {
  return join(at.folder, 'data');
}

function asUnavailable(error: unknown, folder: string): PaymentMethodsError {
  if (error instanceof PaymentMethodsError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const cure = reason.includes('postmaster.pid" already exists')
    ? 'Another server has this folder: stop that one (its process id is below) or choose another folder.'
    : 'The server could not start.';
  const message = `${cure} Data folder: ${folder}\n${reason}`;
  return new PaymentMethodsError('STORE_UNAVAILABLE', message, { cause: error, details: { folder } });
}
