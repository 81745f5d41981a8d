import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import type { Terminal } from '../../support/terminal.ts';

/** A command as it is typed, and what the page shows under it. */
export type Shown = { readonly typed: string; readonly output: string };

const blocks = /```console\n([^]*?)```/g;

/** The commands of a page's transcripts, in their order. */
function transcriptsOf(page: string): readonly Shown[] {
  return [...page.matchAll(blocks)].flatMap(([, block = '']) => commandsOf(block));
}

/** The page with other outputs, in the order of its commands. */
function withOutputs(page: string, outputs: readonly string[]): string {
  const left = [...outputs];
  return page.replace(blocks, (_, block: string) => {
    const shown = commandsOf(block).map(({ typed }) => `$ ${typed}\n${left.shift() ?? ''}`);
    return `\`\`\`console\n${shown.join('')}\`\`\``;
  });
}

function commandsOf(block: string): readonly Shown[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const end = text.indexOf('\n');
      return { typed: text.slice(0, end), output: text.slice(end + 1) };
    });
}

/** What differs from one run to the next, without it; columns lose the widths that came of it. */
function masked(output: string): string {
  return output
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<instant>')
    .replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, '<uuid>')
    .replace(/\b[0-9a-f]{64}\b/g, '<hash>')
    .replace(/\b[0-9a-f]{8}…/g, '<hash>…')
    .replace(/\bhead [0-9a-f]{16}…/g, 'head <hash>…')
    .replace(/\bkey [0-9a-f]{16}\b/g, 'key <id>')
    .replace(/\b(pm|cus)_[A-Za-z0-9]+…/g, '$1_<id>…')
    .replace(/\b(pm|cus|req)_(?!1MqM05LkdIwHu7ixlDxxO6Mc|NbZ8Ki3f322LNn)[A-Za-z0-9]{12,}/g, '$1_<id>')
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, '<url>')
    .replace(/^Postgres: .*$/m, 'Postgres: <server>')
    .replace(/: "\w+" has the powers/g, ': <role> has the powers')
    .replace(/ {2,}/g, '  ');
}

/**
 * Types a page's commands, one after the other, and compares what is printed with what the page shows. With
 * UPDATE_TRANSCRIPTS in the environment, writes it into the page.
 */
export async function expectTranscripts(page: string, { atLeast, type }: { atLeast: number; type: Terminal }) {
  const text = await readFile(page, 'utf8');
  const shown = transcriptsOf(text);
  const outputs: string[] = [];
  for (const { typed } of shown) outputs.push(await type(typed));
  if (process.env['UPDATE_TRANSCRIPTS'] !== undefined) await writeFile(page, withOutputs(text, outputs));
  const now = transcriptsOf(await readFile(page, 'utf8'));
  expect(shown.length).toBeGreaterThanOrEqual(atLeast);
  expect(now.map(({ typed, output }) => `$ ${typed}\n${masked(output)}`)).toEqual(
    shown.map(({ typed }, index) => `$ ${typed}\n${masked(outputs[index] ?? '')}`),
  );
}
