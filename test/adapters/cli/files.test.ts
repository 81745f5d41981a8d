import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { placeFile, writeText } from '../../../src/adapters/cli/parts/files.ts';

async function aFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'files-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return { folder, path: join(folder, 'report.html') };
}

it('a file is there when it is complete, and not before', async () => {
  const { folder, path } = await aFolder();
  await placeFile(path, false, async (unfinished) => {
    await writeFile(unfinished, 'half');
    expect(await readdir(folder)).not.toContain('report.html');
    await writeFile(unfinished, 'whole');
  });
  expect(await readFile(path, 'utf8')).toBe('whole');
  expect(await readdir(folder)).toEqual(['report.html']);
});

it('a file that somebody made meanwhile is not replaced', async () => {
  const { folder, path } = await aFolder();
  const placing = placeFile(path, false, async (unfinished) => {
    await writeFile(unfinished, 'ours');
    await writeFile(path, 'theirs');
  });
  await expect(placing).rejects.toThrow('is there already, and stays as it is');
  expect(await readFile(path, 'utf8')).toBe('theirs');
  expect(await readdir(folder)).toEqual(['report.html']);
});

it('a file that could not be completed leaves nothing, and what was there before it as it was', async () => {
  const { folder, path } = await aFolder();
  await writeText(path, false, 'before');
  const placing = placeFile(path, true, async (unfinished) => {
    await writeFile(unfinished, 'half');
    throw new Error('the database went away');
  });
  await expect(placing).rejects.toThrow('the database went away');
  expect(await readFile(path, 'utf8')).toBe('before');
  expect(await readdir(folder)).toEqual(['report.html']);
});
