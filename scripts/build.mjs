import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

// Writes dist: the declarations as the compiler makes them, a file each; the code in a few files, with the part of zod that
// it uses among them. To load zod alone, 95 files with the texts of 64 languages, takes longer than all that is left so.

/** A file whose source is gone would be published still. */
rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/@typescript/native/bin/tsc', '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});

/** zod can write any schema as JSON Schema, and nothing here asks it to: that is a thirteenth of the main entry. */
const writesJsonSchema = [
  ...['allProcessors', 'toJSONSchema', 'extractDefs', 'finalize', 'initializeContext', 'processSchema'],
  ...['createToJSONSchemaMethod', 'createStandardJSONSchemaMethod'],
];
const withoutJsonSchema = {
  name: 'without JSON Schema',
  setup: ({ onLoad }) =>
    onLoad({ filter: /zod.v4.core.(?:to-json-schema|json-schema-processors)\.js$/ }, () => ({
      contents: `const none = () => undefined; ${writesJsonSchema.map((name) => `export { none as ${name} };`).join(' ')}`,
    })),
};

const { exports, bin, dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const programs = [...Object.values(exports).map((entry) => entry.default), ...Object.values(bin)];
await build({
  entryPoints: programs
    .filter((file) => file !== undefined)
    .map((file) => file.replace(/^(?:\.\/)?dist\/(.*)\.js$/, 'src/$1.ts')),
  outbase: 'src',
  outdir: 'dist',
  // As deep as the files of an adapter: from either, the migrations are three folders up.
  chunkNames: 'adapters/chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  external: Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => name !== 'zod'),
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  plugins: [withoutJsonSchema],
});
copyFileSync('node_modules/zod/LICENSE', 'dist/LICENSE.zod');
