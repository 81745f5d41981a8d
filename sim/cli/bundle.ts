import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { build } from 'esbuild';

/** One deliberate fault in the code under test: a text of a file, which stands there once, and what stands there instead. */
export type Patch = { readonly file: string; readonly find: string; readonly replace: string };

export type Bundle = { readonly path: string; readonly remove: () => Promise<void> };

const root = resolve(import.meta.dirname, '../..');
const external = ['pg', 'undici', 'zod'];

/** The simulation and the code under test, as `bundleProgram` does it. */
export function bundleWorker(patch?: Patch): Promise<Bundle> {
  return bundleProgram('sim/worker.ts', patch);
}

/**
 * A program and the code under test in one file, which starts and runs faster than its parts; with a patch, of a copy that
 * has the fault in it: the tree is never touched. Throws where the patch does not fit the code any more.
 */
export async function bundleProgram(entryPoint: string, patch?: Patch): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  const path = join(folder, 'program.mjs');
  const patched = new Set<string>();
  await build({
    entryPoints: [join(root, entryPoint)],
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
    plugins: [installed, ...(patch === undefined ? [] : [patching(patch, patched)])],
  });
  if (patch !== undefined && patched.size === 0) throw new Error(`No module of ${entryPoint} is ${patch.file}.`);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Packages are taken from where they are installed, which a file elsewhere does not find. */
const installed: Plugin = {
  name: 'installed',
  setup(bundling) {
    bundling.onResolve({ filter: new RegExp(`^(?:${external.join('|')})$`) }, ({ path }) => ({
      path: import.meta.resolve(path),
      external: true,
    }));
  },
};

function patching({ file, find, replace }: Patch, patched: Set<string>): Plugin {
  return {
    name: 'patching',
    setup(bundling) {
      bundling.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (relative(root, path) !== file) return null;
        const text = await readFile(path, 'utf8');
        const count = text.split(find).length - 1;
        if (count !== 1) throw new Error(`${file} has ${count} times, and must have once: ${JSON.stringify(find)}`);
        patched.add(file);
        return { contents: text.replace(find, () => replace), loader: 'ts' };
      });
    },
  };
}
