import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allPages, anchorsOf, type Link, linksOf, type Page, pathsNamedIn } from './markdown.ts';

const pages = await allPages();

/** What is wrong with a link of a page, or undefined. Nothing outside of the repository is asked. */
async function problemOf(page: Page, { target, title }: Link): Promise<string | undefined> {
  if (/^https:\/\/[^\s/]+\.[^\s]+$/.test(target)) return undefined;
  if (/^[a-z]+:/i.test(target)) return 'it is neither https nor relative';
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page.path : join(dirname(page.path), file);
  if (!existsSync(path)) return `there is no ${path}`;
  if (anchor !== undefined && !anchorsOf(await readFile(path, 'utf8')).has(anchor)) {
    return `${path} has no heading for #${anchor}`;
  }
  if (!path.startsWith('test/') || !path.endsWith('.test.ts')) return undefined;
  if (title === undefined) return `a link to a test says, as its title, which test is meant`;
  return (await readFile(path, 'utf8')).includes(title) ? undefined : `${path} has no test "${title}"`;
}

async function problemsOf(page: Page): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const link of linksOf(page.text)) {
    const problem = await problemOf(page, link);
    if (problem !== undefined) problems.push(`${page.path}: (${link.target}) ${problem}`);
  }
  return problems;
}

describe('every link', () => {
  it('leads to a file, a heading or a test that is there', async () => {
    expect(pages.length).toBeGreaterThan(30);
    expect(pages.flatMap(({ text }) => linksOf(text)).length).toBeGreaterThan(150);
    expect((await Promise.all(pages.map(problemsOf))).flat()).toEqual([]);
  });

  it.each([
    ['a file', '[a](nowhere.md)', 'there is no docs/nowhere.md'],
    ['a heading', '[a](errors.md#nothing)', 'docs/errors.md has no heading for #nothing'],
    ['a heading of its own page', '# One\n[a](#two)', 'has no heading for #two'],
    ['a test', '[yes](../test/docs/links.test.ts "no such title")'.replace('title', 'name'), 'has no test'],
    ['a test that it does not name', '[yes](../test/docs/links.test.ts)', 'says, as its title, which test is meant'],
    ['another protocol', '[a](http://example.com)', 'neither https nor relative'],
  ])('is refused that leads to %s, where that is not there', async (_, text, problem) => {
    const path = text.includes('#two') ? 'docs/errors.md' : 'docs/page.md';
    expect(await problemsOf({ path, text })).toEqual([expect.stringContaining(problem)]);
  });
});

it('every file and folder that a page names in code is there', () => {
  const missing = pages.flatMap(({ path, text }) =>
    pathsNamedIn(text)
      .filter((named) => !existsSync(named))
      .map((named) => `${path}: ${named}`),
  );
  expect(missing).toEqual([]);
});

it('every page under docs can be reached from the README', () => {
  const [reached, left] = [new Set<string>(), ['README.md']];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    const text = pages.find((page) => page.path === path)?.text ?? '';
    for (const { target } of linksOf(text)) left.push(join(dirname(path), target.split('#')[0] ?? ''));
  }
  expect(pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !reached.has(path))).toEqual([]);
});
