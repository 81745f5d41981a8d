import { relative } from 'node:path';
import { build } from 'esbuild';

/** What a file imports, and what those import: files, relative to the folder, and packages as they are named. */
export async function importsFrom(folder: string, entry: string): Promise<{ files: string[]; packages: string[] }> {
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const inputs = Object.entries(metafile.inputs);
  const packages = inputs.flatMap(([, { imports }]) => imports.filter(({ external }) => external === true));
  return {
    files: inputs.map(([file]) => relative(folder, `${folder}/${file}`)),
    packages: [...new Set(packages.map(({ path }) => path))].toSorted(),
  };
}
