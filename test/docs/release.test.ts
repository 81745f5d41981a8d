import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const check = resolve('scripts/checkRelease.mjs');
const manifest = {
  version: '0.2.0',
  publishConfig: { provenance: true },
  repository: { type: 'git', url: 'git+https://example.com/a.git' },
};
/** A package that may be published. */
const release = {
  'package.json': JSON.stringify(manifest),
  'CHANGELOG.md': '# Changelog\n\n## 0.2.0\n\n- more\n\n## 0.1.0\n\n- the first\n',
  '.changeset/config.json': '{}',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'release-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What is said of a release in which these files are others: null where it may be published. */
async function refusalOf(files: Readonly<Record<string, string>>): Promise<string | null> {
  for (const [name, text] of Object.entries({ ...release, ...files })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return promisify(execFile)(process.execPath, [check], { cwd: folder }).then(
    () => null,
    (error: unknown) => {
      const { code, stderr } = error as { readonly code: number; readonly stderr: string };
      return `${code} ${stderr}`;
    },
  );
}

describe('a release', () => {
  it('may be published that has its entry, no changeset left, and a repository', async () => {
    expect(await refusalOf({})).toBeNull();
  });

  it.each([
    [
      'whose version has no entry',
      { 'CHANGELOG.md': '# Changelog\n\n## 0.1.0\n' },
      'CHANGELOG.md is 0.1.0, and package',
    ],
    ['without any entry', { 'CHANGELOG.md': '# Changelog\n' }, 'CHANGELOG.md is none, and package.json has 0.2.0'],
    ['with a changeset left', { '.changeset/odd-cats.md': '' }, 'no version yet: odd-cats.md. Run: npm run changeset:'],
    [
      'that names no repository',
      { 'package.json': JSON.stringify({ ...manifest, repository: undefined }) },
      'package.json has no "repository", so npm cannot prove where the package was built',
    ],
  ])('is refused, in one line, %s', async (_, files, words) => {
    const refusal = await refusalOf(files);
    expect(refusal).toMatch(/^1 NOT TO BE PUBLISHED: [^\n]*\n$/);
    expect(refusal).toContain(words);
  });

  it('is checked before it is published', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
    expect(scripts['prepublishOnly']).toBe('node scripts/checkRelease.mjs');
  });
});

it('the version of the package is the newest that CHANGELOG.md has', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  const [, newest] = /^## (.*)$/m.exec(await readFile('CHANGELOG.md', 'utf8')) ?? [];
  expect(newest).toBe(version);
});
