import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../../src/adapters/simulator/index.ts';
import { anySimulator } from './support.ts';

const page = await readFile('docs/simulator.md', 'utf8');
const run = promisify(execFile);

/** Each shell block of the page with the JSON block that follows it. */
const examples = [...page.matchAll(/```sh\n([\s\S]*?)```\n```json\n([\s\S]*?)```/g)].map(
  ([, commands = '', answer = '']) => ({
    commands,
    answer: JSON.parse(answer) as object,
  }),
);

async function lastAnswerOf(simulator: Simulator, commands: string): Promise<unknown> {
  const here = commands.replaceAll('http://127.0.0.1:12111', simulator.url);
  const { stdout } = await run('bash', ['-ec', here]);
  return lastJsonIn(stdout);
}

/** Of answers that follow one another, the last. */
function lastJsonIn(text: string): unknown {
  const starts = [...text.matchAll(/^\{/gm)].map(({ index }) => index);
  return JSON.parse(text.slice(starts.at(-1)));
}

describe('docs/simulator.md', () => {
  it('has an answer under every example', () => {
    expect(examples.length).toBeGreaterThan(15);
    expect([...page.matchAll(/```sh/g)]).toHaveLength(examples.length);
  });

  it('shows what the simulator answers to each of its curls, run one after the other', async () => {
    const simulator = await anySimulator();
    for (const { commands, answer } of examples) {
      expect(await lastAnswerOf(simulator, commands), commands).toMatchObject(answer);
    }
  });

  it('names every control endpoint there is', async () => {
    const simulator = await anySimulator();
    const { endpoints } = (await lastAnswerOf(simulator, 'curl -s http://127.0.0.1:12111/_simulator')) as {
      endpoints: readonly string[];
    };
    const listed = examples.find(({ answer }) => 'endpoints' in answer)?.answer as { endpoints: readonly string[] };
    expect(listed.endpoints).toEqual(endpoints);
  });
});
