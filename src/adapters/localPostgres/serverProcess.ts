import { type ChildProcess, execFile, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerUser } from './serverUser.ts';

/** Which programs to run, where, and as whom. */
export type Surroundings = {
  readonly binaries: string;
  readonly folder: string;
  readonly user: ServerUser | undefined;
};

const programLimitMs = 60_000;
const fastShutdownLimitMs = 20_000;

/** Runs one of the programs to its end and answers what it printed. Throws what it complained of. */
export async function runProgram(at: Surroundings, program: string, args: readonly string[]): Promise<string> {
  const options = { ...spawnOptions(at), timeout: programLimitMs };
  const { stdout } = await promisify(execFile)(join(at.binaries, program), args, options);
  return stdout;
}

/** What a server logs when clients may connect; the second form is a standby's. */
const readyMessage = /ready to accept (read-only )?connections/;

/** Starts the server and answers once it accepts connections. Throws an error whose message is the server's log. */
export function launchServer(at: Surroundings, args: readonly string[]): Promise<ChildProcess> {
  const [program, ...before] = [...endWithParent(), join(at.binaries, 'postgres')] as const;
  const child = spawn(program, [...before, ...args], { ...spawnOptions(at), stdio: ['ignore', 'ignore', 'pipe'] });
  return new Promise((resolve, reject) => {
    let log = '';
    const tooLate = setTimeout(() => child.kill('SIGQUIT'), programLimitMs);
    const fail = (cause?: unknown) => {
      clearTimeout(tooLate);
      reject(new Error(log.trim() || 'the server ended without a word', { cause }));
    };
    const listen = (chunk: Buffer) => {
      log += chunk.toString();
      if (!readyMessage.test(log)) return;
      clearTimeout(tooLate);
      child.off('close', fail).stderr.off('data', listen).resume();
      resolve(child);
    };
    child.stderr.on('data', listen);
    child.once('error', fail).once('close', fail);
  });
}

/** Ends the server: politely, which rolls back what is open, and at once if that takes too long. */
export async function endServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const tooLate = setTimeout(() => child.kill('SIGQUIT'), fastShutdownLimitMs);
  await ended;
  clearTimeout(tooLate);
}

/** A TCP port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

/** A prefix that ends the server with this process, also when this process is killed by SIGKILL; Linux only. */
function endWithParent(): readonly string[] {
  const prefix = ['setpriv', '--pdeathsig', 'INT'];
  const works = process.platform === 'linux' && spawnSync('setpriv', [...prefix.slice(1), 'true']).status === 0;
  return works ? prefix : [];
}

function spawnOptions(at: Surroundings): Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'> {
  // The log is read for English words.
  return { ...at.user, cwd: at.folder, env: { ...process.env, LC_ALL: 'C' } };
}
