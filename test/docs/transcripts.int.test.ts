import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { expectTranscripts } from '../adapters/cli/transcripts.ts';
import { aTerminal } from '../support/terminal.ts';
import { fencesOf } from './markdown.ts';

const timeout = 90_000;

/** The programs that a page tells to save, each under the name that stands before it. */
async function savePrograms(page: string): Promise<number> {
  const text = await readFile(page, 'utf8');
  const names = [...text.matchAll(/\bSave .*?as `(?<name>\w+\.mjs)`/gm)].map(({ groups }) => groups?.['name'] ?? '');
  const programs = fencesOf(text).filter(({ language }) => language === 'ts');
  expect(programs).toHaveLength(names.length);
  for (const [index, name] of names.entries()) await writeFile(join(process.cwd(), name), programs[index]?.body ?? '');
  return names.length;
}

it.each([
  ['docs/tutorial.md', { programs: 2, atLeast: 15 }],
  ['docs/verify.md', { programs: 0, atLeast: 8 }],
])('%s shows what is printed (run with UPDATE_TRANSCRIPTS=1 to write it anew)', { timeout }, async (path, parts) => {
  const page = resolve(path);
  const type = await aTerminal();
  expect(await savePrograms(page)).toBe(parts.programs);
  await expectTranscripts(page, { atLeast: parts.atLeast, type });
});
