import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** the file that `npm publish` would send */
    tarball: string;
  }
}

/** Builds and packs this package, once for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'packed-'));
  await promisify(execFile)('npm', ['pack', '--silent', '--pack-destination', folder]);
  const [name = ''] = await readdir(folder);
  project.provide('tarball', join(folder, name));
  return () => rm(folder, { recursive: true, force: true });
}
