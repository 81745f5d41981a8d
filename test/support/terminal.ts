import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCli } from '../../src/adapters/cli/runCli.ts';
import { keeper } from '../adapters/cli/support.ts';
import { createTestDatabase } from './postgres/testDatabase.ts';
import { until } from './until.ts';

const shownUrl = 'http://127.0.0.1:12111';

/** Runs what is typed, and answers all that is printed, with the exit code as a line of its own where it is not 0. */
export type Terminal = (typed: string) => Promise<string>;

const withCode = (output: string, code: number) => `${output}${code === 0 ? '' : `[exit code ${code}]\n`}`;

/** The lines that `head -2` or `tail -1` leaves of a text. */
function cutTo(text: string, program: string): string {
  const lines = text.split('\n').slice(0, -1);
  const [, name, count] = /^(head|tail) -(\d+)$/.exec(program) ?? [];
  if (name === undefined) throw new Error(`No ${program} here: head and tail, with a number, are all there is.`);
  return `${(name === 'head' ? lines.slice(0, Number(count)) : lines.slice(-Number(count))).join('\n')}\n`;
}

function inShell(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((answer) => {
    execFile('bash', ['-ec', command], { env, timeout: 60_000 }, (error, stdout, stderr) =>
      answer(withCode(stdout + stderr, error === null ? 0 : Number(error.code ?? 1))),
    );
  });
}

/**
 * A terminal in a folder of its own inside the repository, which has the package in `node_modules`, with a database that
 * nobody has used yet. The command line runs in this process; what is no command of it, in bash.
 */
export async function aTerminal(): Promise<Terminal> {
  const root = process.cwd();
  await mkdir('.data', { recursive: true });
  const [database, folder] = [
    await createTestDatabase({ migrated: false }),
    await mkdtemp(join(resolve('.data'), 'terminal-')),
  ];
  await mkdir(join(folder, 'node_modules'));
  await symlink(root, join(folder, 'node_modules', 'attach-payment-method'));
  process.chdir(folder);
  const leaving = new AbortController();
  const background: Promise<unknown>[] = [];
  onTestFinished(async () => {
    leaving.abort();
    await Promise.all(background);
    process.chdir(root);
    await rm(folder, { recursive: true });
    await database.drop();
  });
  const exported: NodeJS.ProcessEnv = {};
  let url = shownUrl;
  const start = (args: readonly string[]) => {
    const { output, text } = keeper();
    return { text, ended: runCli(args, { stdout: output, stderr: output, env: exported, signal: leaving.signal }) };
  };
  const startInBackground = async (args: readonly string[]): Promise<string> => {
    const { text, ended } = start(args.map((arg) => (arg === '12111' ? '0' : arg)));
    background.push(ended);
    await until('the simulator listens', () => text().includes('\n'));
    url = /http:\S+/.exec(text())?.[0] ?? '';
    return text();
  };
  const type = async (typed: string): Promise<string> => {
    const [, name, value = ''] = /^export (\w+)=(.*)$/.exec(typed) ?? [];
    if (name !== undefined) {
      exported[name] = name === 'DATABASE_URL' ? database.url : value;
      return '';
    }
    if (!typed.startsWith('attach-payment-method')) {
      // The programs of a page import the package, of which the sources are here.
      return inShell(typed, { ...process.env, NODE_OPTIONS: '--import tsx', ...exported });
    }
    const [command = '', cut] = typed.split(' | ');
    const args = command.split(' ').slice(1);
    if (args.at(-1) === '&') return startInBackground(args.slice(0, -1));
    const { text, ended } = start(args);
    const code = await ended;
    return cut === undefined ? withCode(text(), code) : cutTo(text(), cut);
  };
  return async (typed) => (await type(typed.replaceAll(shownUrl, url))).replaceAll(url, shownUrl);
}
