import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { importsFrom } from './importGraph.ts';
import { newHost, run, tool } from './packed.ts';

type Manifest = {
  readonly scripts: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
};

let host: Awaited<ReturnType<typeof newHost>>;
let manifest: Manifest;
let names: string[];
beforeAll(async () => {
  host = await newHost();
  manifest = JSON.parse(await readFile(join(host.installed, 'package.json'), 'utf8')) as Manifest;
  names = (await readdir(host.installed, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(host.installed.length + 1));
});
afterAll(() => host.remove());

describe('the package', () => {
  it('holds what it is made of, its migrations, its pages, its papers, and nothing else', async () => {
    const [dist, rest] = [
      names.filter((name) => name.startsWith('dist/')),
      names.filter((name) => !name.startsWith('dist/')),
    ];
    expect(dist.filter((name) => !/\.(?:js|d\.ts)$/.test(name))).toEqual(['dist/LICENSE.zod']);
    const migrations = (await readdir('migrations')).map((name) => `migrations/${name}`);
    const pages = (await readdir('docs', { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'verifier/verify.mjs'];
    expect(rest.toSorted()).toEqual([...papers, ...migrations, ...pages].toSorted());
  });

  it('runs nothing when it is installed', () => {
    const onInstall = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare'];
    expect(onInstall.filter((name) => name in manifest.scripts)).toEqual([]);
    expect(names.filter((name) => name.endsWith('.gyp'))).toEqual([]);
  });

  it('has the file of every entry, with its types', () => {
    for (const target of Object.values(manifest.exports)) {
      const files = typeof target === 'string' ? [target] : [target.types, target.default];
      for (const file of files) expect(existsSync(join(host.installed, file)), file).toBe(true);
    }
  });

  it('is found without fault by publint', async () => {
    const { stdout } = await run(process.execPath, [tool('publint/src/cli.js'), inject('tarball'), '--strict']);
    expect(stdout).toContain('All good!');
  });

  it('is found without fault by attw, as a package of ES modules', async () => {
    const program = tool('@arethetypeswrong/cli/dist/index.js');
    const { stdout } = await run(process.execPath, [program, inject('tarball'), '--profile', 'esm-only', '--no-emoji']);
    expect(stdout).toContain('node16 (from ESM): OK (ESM)');
  });
});

describe('the main entry', () => {
  it('reaches no driver, no test double, no simulator and no command line', async () => {
    const { files, packages } = await importsFrom(host.installed, 'dist/index.js');
    const built = await Promise.all(files.map((file) => readFile(join(host.installed, file), 'utf8')));
    // The bundler writes above each source what it was.
    const sources = built.flatMap((code) =>
      [...code.matchAll(/^\/\/ (\S+\.[jt]s)$/gm)].map(([, source]) => source ?? ''),
    );
    const places = sources.map((source) => /(?:node_modules|src\/adapters|src)\/\w+/.exec(source)?.[0] ?? source);
    expect([...new Set(places)].toSorted((one, other) => one.localeCompare(other))).toEqual([
      'node_modules/zod',
      'src/adapters/system',
      'src/application',
      'src/domain',
    ]);
    expect(packages).toEqual(['node:crypto']);
  });

  it.each([
    ['./postgres', ['node:']],
    ['./stripe', ['node:', 'undici']],
    ['./audit', ['node:']],
    ['./privacy', ['node:']],
    ['./inversify', ['node:', 'undici', 'inversify']],
    ['./logging', ['node:']],
    ['./opentelemetry', ['node:', '@opentelemetry/api']],
    ['./testing', ['node:']],
  ])('and %s needs no more packages than %j', async (entry, allowed) => {
    const target = manifest.exports[entry];
    if (typeof target !== 'object') throw new TypeError(`${entry} is no entry`);
    const { packages } = await importsFrom(host.installed, target.default.slice(2));
    expect(packages.filter((name) => !allowed.some((one) => name.startsWith(one)))).toEqual([]);
  });
});
