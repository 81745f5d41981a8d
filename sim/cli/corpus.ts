import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const path = join(import.meta.dirname, '../corpus.txt');

/** Seeds that once found something, from the committed list: `<seed>  <what it found>` a line, `#` before a remark. */
export async function readCorpus(): Promise<readonly number[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.filter((line) => /^\d/.test(line)).map((line) => Number.parseInt(line, 10));
}

/** Adds a seed to the list, unless it is in it. */
export async function addToCorpus(seed: number, found: string): Promise<void> {
  if ((await readCorpus()).includes(seed)) return;
  await appendFile(path, `${seed}  ${found.replaceAll('\n', ' ').slice(0, 150)}\n`);
}
