import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/testing/index.ts';
import type { TestDatabase } from '../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../support/postgres/testDatabase.ts';
import { install, newHost, run, tool } from './packed.ts';

const compilers = {
  'TypeScript 5': tool('typescript-5/lib/tsc.js'),
  'TypeScript 6': 'node_modules/typescript/lib/tsc.js',
  'TypeScript 7': 'node_modules/@typescript/native/bin/tsc',
};
const nodes = {
  'this Node': process.execPath,
  'Node 22': tool('node-22/bin/node'),
  'Node 24': tool('node-24/bin/node'),
  'Node 26': tool('node-26/bin/node'),
};
const everyFlag = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitReturns: true,
  noUncheckedSideEffectImports: true,
};
/** What a host may have in its tsconfig.json, and the file that it then writes. */
const hosts = {
  'an ES module, with every strict flag': { file: 'host.mts', options: { ...everyFlag, module: 'nodenext' } },
  'CommonJS, module nodenext': { file: 'host.cts', options: { ...everyFlag, module: 'nodenext' } },
  'CommonJS, module node20': { file: 'host.cts', options: { strict: true, module: 'node20' } },
  'a loose host, for a bundler': {
    file: 'loose.ts',
    options: { strict: false, module: 'esnext', moduleResolution: 'bundler' },
  },
};
const printed = [
  'rejected cardDeclined',
  'attach: paymentMethodId: must be a payment method id: pm_, card_, src_ or ba_, then up to 250 letters, digits or underscores',
  'attached visa 4242',
  'intact: 2 events',
];
const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');

let host: Awaited<ReturnType<typeof newHost>>;
let database: TestDatabase;
beforeAll(async () => {
  host = await newHost();
  await Promise.all(
    ['host.mts', 'host.cts', 'loose.ts'].map((name) => cp(join(host.folder, 'host.ts'), join(host.folder, name))),
  );
  await compile('TypeScript 7', 'an ES module, with every strict flag', 'compiled');
  await compile('TypeScript 7', 'CommonJS, module nodenext', 'compiled');
});
afterAll(() => host.remove());
beforeEach(async () => {
  database = await createTestDatabase({ migrated: false });
});
afterEach(() => database.drop());

async function compile(compiler: keyof typeof compilers, kind: keyof typeof hosts, outDir: string): Promise<string> {
  const { file, options } = hosts[kind];
  const compilerOptions = { target: 'es2022', types: ['node'], skipLibCheck: false, ...options, outDir };
  const project = join(host.folder, `tsconfig.${outDir}.json`);
  await writeFile(project, JSON.stringify({ compilerOptions, files: [file] }));
  const { stdout } = await run(process.execPath, [compilers[compiler], '-p', project]).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  return stdout;
}

function start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return run(program, args, { cwd: host.folder, env: { ...process.env, DATABASE_URL: database.url, ...env } });
}

describe.each(Object.keys(compilers) as (keyof typeof compilers)[])('the types, read by %s', (compiler) => {
  it.each(Object.keys(hosts) as (keyof typeof hosts)[])('fit %s', async (kind) => {
    expect(await compile(compiler, kind, `checked-${Object.keys(hosts).indexOf(kind)}`)).toBe('');
  });
});

describe.each(Object.entries(nodes))('on %s', (_, node) => {
  it.each(['compiled/host.mjs', 'compiled/host.cjs'])(
    '%s runs, and nothing is written beside its output',
    async (file) => {
      expect(await start(node, [file])).toEqual({ stdout: lines(printed), stderr: '' });
    },
  );

  it('a script that requires every entry runs, without a warning', async () => {
    const { stdout, stderr } = await start(node, ['host.cjs']);
    expect(stderr).toBe('');
    expect(stdout).toBe(lines(['attached visa 4242', 'true 2 symbol function true']));
  });
});

describe('an installed package', () => {
  it('finds its migrations, and runs from the command line', async () => {
    const program = join(host.folder, 'node_modules', '.bin', 'attach-payment-method');
    const { stdout } = await start(program, ['migrate']);
    for (const name of await readdir('migrations')) if (name !== 'schema.sql') expect(stdout).toContain(name);
  });

  it('runs the program of the README as it is pasted', async () => {
    const [, program = ''] = /```ts\n([^]*?)```/.exec(await readFile('README.md', 'utf8')) ?? [];
    await writeFile(join(host.folder, 'attach.mjs'), program);
    const simulator = await startSimulator();
    try {
      const env = { STRIPE_API_KEY: 'sk_test_example', STRIPE_API_BASE: simulator.url };
      expect(await start(process.execPath, ['attach.mjs'], env)).toEqual({
        stdout: 'attached visa 4242\n',
        stderr: '',
      });
    } finally {
      await simulator.close();
    }
  });

  it('needs no peer for what does not use it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bare-'));
    try {
      await writeFile(join(folder, 'package.json'), '{"private":true}');
      await install(folder, '--legacy-peer-deps');
      const program = `for (const entry of ['', '/postgres', '/audit', '/privacy', '/stripe', '/testing']) await import('attach-payment-method' + entry);
        console.log((await import('node:fs')).existsSync('node_modules/pg'))`;
      const options = { cwd: folder };
      expect((await run(process.execPath, ['--input-type=module', '-e', program], options)).stdout).toBe('false\n');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
