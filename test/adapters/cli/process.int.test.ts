import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import { until } from '../../support/until.ts';
import { run } from './support.ts';
import { appendMany } from './trails.ts';

const program = ['--import', 'tsx', 'src/adapters/cli/main.ts'];
const runProgram = promisify(execFile);

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'cli-process-'));
  await appendMany(database.pool(), 'long', 20_000);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [...program, ...args], { env: { ...process.env, DATABASE_URL: database.url } });
  const written = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    written.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    written.err += chunk.toString();
  });
  return { child, written, ended: once(child, 'close') };
}

describe('the program as it is run', () => {
  it('is what the package installs as attach-payment-method', async () => {
    const manifest = JSON.parse(await readFile('package.json', 'utf8')) as { bin: Record<string, string> };
    expect(manifest.bin).toEqual({ 'attach-payment-method': 'dist/adapters/cli/main.js' });
    expect(await readFile('src/adapters/cli/main.ts', 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('is stopped by Ctrl-C in the middle of a replay, in good order, with 130', async () => {
    const { child, written, ended } = start(['replay', '--trail', 'long', '--format', 'jsonl']);
    // Nobody reads on: it cannot come to its end before the signal.
    child.stdout.pause();
    await until('the replay has begun', () => child.stdout.readableLength > 0);
    child.kill('SIGINT');
    child.stdout.resume();
    expect(await ended).toEqual([130, null]);
    expect(written.err).toBe(
      'Stopped. Nothing was left half-written; the same command begins again, or goes on where it was.\n',
    );
    expect(written.out.endsWith('}\n'), 'whole lines').toBe(true);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const { child, ended, written } = start(['replay', '--trail', 'long', '--format', 'jsonl']);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await ended).toEqual([130, null]);
    expect(written.err).toBe('');
  });

  it('ends quietly when nobody reads on in the middle of the demo', async () => {
    const { child, ended, written } = start(['demo']);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await ended).toEqual([130, null]);
    expect(written.err).toBe('');
  });

  it('ends as it would when nobody reads its errors any more', async () => {
    const { child, ended } = start(['nope']);
    child.stderr.destroy();
    expect(await ended).toEqual([2, null]);
  });

  it.skipIf(!existsSync('/dev/full'))('says so, and exits with 3, when its output has no room', async () => {
    const command = `${process.execPath} ${program.join(' ')} history pm_1 --trail long --as-of 1 >/dev/full`;
    const env = { ...process.env, DATABASE_URL: database.url };
    const ran = runProgram('sh', ['-c', command], { env });
    await expect(ran).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /^error: The output cannot be written: ENOSPC: .* What was written is not all of it\.\n$/,
      ),
    });
  });

  it('shows colours and a bar in a terminal, and results alone on stdout', async () => {
    const command = `${process.execPath} ${program.join(' ')} verify --trail long`;
    const env = { ...process.env, DATABASE_URL: database.url, TERM: 'xterm', NO_COLOR: '', FORCE_COLOR: '' };
    const { stdout } = await runProgram('script', ['-qec', command, '/dev/null'], { env });
    expect(stdout).toMatch(/Verifying [█░]{20} \d+%/);
    expect(stdout).toContain('\u001b[32mintact\u001b[39m: 20000 events');
    const piped = await run(['verify', '--trail', 'long'], { env: { DATABASE_URL: database.url } });
    expect(piped).toMatchObject({ code: 0, err: '' });
    expect(piped.out).toMatch(/^intact: 20000 events, .*\n$/);
  });
});

describe('a replay in a terminal', () => {
  const inTerminal = (typed: string) => {
    const command = `${process.execPath} ${program.join(' ')} replay --trail long ${typed}`;
    const env = { ...process.env, DATABASE_URL: database.url, TERM: 'xterm', NO_COLOR: '', FORCE_COLOR: '' };
    return runProgram('script', ['-qec', command, '/dev/null'], { env, maxBuffer: 2 ** 26 });
  };

  it('shows a bar where what it prints goes to a file', async () => {
    const file = join(folder, 'replayed.jsonl');
    const { stdout } = await inTerminal(`--format jsonl > ${file}`);
    expect(stdout).toMatch(/Reading [█░]{20} \d+%/);
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(20_000);
  });

  it.each(['--from 18000', '--from 18000 | cat'])(
    'shows none where it would run into the events: %s',
    async (typed) => {
      const { stdout } = await inTerminal(typed);
      expect(stdout).toContain('AttachmentRequested');
      expect(stdout).not.toContain('Reading');
    },
  );
});

describe('completion', () => {
  it.each([
    ['attach-payment-method re', 1, ['replay', 'rebuild', 'recover', 'reconcile']],
    [
      'attach-payment-method rebuild ',
      2,
      ['paymentMethodsByCustomer', 'openAttempts', 'wishedDefaults', 'knownCustomers'],
    ],
    ['attach-payment-method replay --format ', 3, ['table', 'json', 'jsonl', 'csv']],
    ['attach-payment-method replay --type Customer', 3, ['CustomerDeleted', 'CustomerForgotten']],
    ['attach-payment-method replay --fo', 2, ['--format']],
    ['attach-payment-method completion ', 2, ['bash', 'zsh', 'fish']],
  ])('in bash, of "%s"', async (typed, cword, expected) => {
    const { out } = await run(['completion', 'bash']);
    await writeFile(join(folder, 'completion.bash'), out);
    const asked = `. ${join(folder, 'completion.bash')}; COMP_WORDS=(${typed.replace(/ $/, " ''")}); COMP_CWORD=${cword}
      _attach_payment_method; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await runProgram('bash', ['-euc', asked]);
    const completed = stdout.trimEnd().split('\n');
    expect(completed).toEqual(expect.arrayContaining(expected));
    if (!typed.endsWith(' ')) expect(completed).toHaveLength(expected.length);
  });

  it('in fish names every command, and in zsh it is of bash', async () => {
    const fish = (await run(['completion', 'fish'])).out;
    expect(fish).toContain("complete -c attach-payment-method -n __fish_use_subcommand -f -a verify -d 'show that");
    expect(fish).toContain("-l format -r -f -a 'table json jsonl csv'");
    expect((await run(['completion', 'zsh'])).out).toMatch(/^#compdef attach-payment-method\n/);
  });
});
