import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';

export const run = promisify(execFile);
const tools = '.ci/package';

/** A new folder, with this package installed in it as a host does, and every peer. */
export async function newHost(): Promise<{
  readonly folder: string;
  readonly installed: string;
  remove(): Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'host-'));
  await cp(join(tools, 'consumer'), folder, { recursive: true });
  await install(folder);
  return {
    folder,
    installed: join(folder, 'node_modules', 'attach-payment-method'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Installs the packed package, and what the folder's own manifest names. */
export async function install(folder: string, ...options: readonly string[]): Promise<void> {
  const flags = ['--silent', '--prefer-offline', '--ignore-scripts', '--no-save', ...options];
  await run('npm', ['install', ...flags, inject('tarball')], { cwd: folder });
}

/** A program of one of the tools that are installed beside `test.sh`. */
export function tool(path: string): string {
  return resolve(tools, 'node_modules', path);
}
