import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../../src/adapters/cli/runCli.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import { until } from '../../support/until.ts';
import { keeper } from './support.ts';
import { masked, transcriptsOf, withOutputs } from './transcripts.ts';

const page = resolve('docs/cli.md');
const shell = promisify(execFile);
const shownUrl = 'http://127.0.0.1:12111';

/** A terminal in a folder of its own, with a database that nobody has used yet. */
async function aTerminal() {
  const [database, folder] = [
    await createTestDatabase({ migrated: false }),
    await mkdtemp(join(tmpdir(), 'transcripts-')),
  ];
  const before = process.cwd();
  process.chdir(folder);
  const leaving = new AbortController();
  const background: Promise<unknown>[] = [];
  onTestFinished(async () => {
    leaving.abort();
    await Promise.all(background);
    process.chdir(before);
    await rm(folder, { recursive: true });
    await database.drop();
  });
  const env: NodeJS.ProcessEnv = {};
  let url = shownUrl;
  const start = (args: readonly string[]) => {
    const { output, text } = keeper();
    return { text, ended: runCli(args, { stdout: output, stderr: output, env, signal: leaving.signal }) };
  };
  return async (typed: string): Promise<string> => {
    if (typed.startsWith('export DATABASE_URL=')) {
      env['DATABASE_URL'] = database.url;
      return '';
    }
    const [command = '', head] = typed.split(' | head -');
    const here = command.replaceAll(shownUrl, url);
    if (!here.startsWith('attach-payment-method')) return (await shell('bash', ['-ec', here])).stdout;
    const args = here.split(' ').slice(1);
    if (args.at(-1) === '&') {
      const { text, ended } = start(args.slice(0, -1).map((arg) => (arg === '12111' ? '0' : arg)));
      background.push(ended);
      await until('the simulator listens', () => text().includes('\n'));
      url = /http:\S+/.exec(text())?.[0] ?? '';
      return text().replaceAll(url, shownUrl);
    }
    const { text, ended } = start(args);
    const code = await ended;
    if (head !== undefined) return `${text().split('\n').slice(0, Number(head)).join('\n')}\n`;
    return `${text().replaceAll(url, shownUrl)}${code === 0 ? '' : `[exit code ${code}]\n`}`;
  };
}

it('docs/cli.md shows what the program prints (run with UPDATE_TRANSCRIPTS=1 to write it anew)', {
  timeout: 60_000,
}, async () => {
  const text = await readFile(page, 'utf8');
  const shown = transcriptsOf(text);
  const type = await aTerminal();
  const outputs: string[] = [];
  for (const { typed } of shown) outputs.push(await type(typed));
  if (process.env['UPDATE_TRANSCRIPTS'] !== undefined) await writeFile(page, withOutputs(text, outputs));
  const now = transcriptsOf(await readFile(page, 'utf8'));
  expect(shown.length).toBeGreaterThan(30);
  expect(now.map(({ typed, output }) => `$ ${typed}\n${masked(output)}`)).toEqual(
    shown.map(({ typed }, index) => `$ ${typed}\n${masked(outputs[index] ?? '')}`),
  );
});
