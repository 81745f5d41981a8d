import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { allPages, type Fence, fencesOf } from './markdown.ts';

/** Which test runs, or compares, all the blocks of a language on a page. */
const tested = [
  ['docs/cli.md', 'console', 'test/adapters/cli/transcripts.int.test.ts'],
  ['docs/simulator.md', 'sh', 'test/adapters/simulator/documentation.test.ts'],
  ['docs/simulator.md', 'json', 'test/adapters/simulator/documentation.test.ts'],
  ['docs/roles.md', 'sql', 'test/adapters/postgres/rolesDocument.int.test.ts'],
  ['docs/tutorial.md', 'console', 'test/docs/transcripts.int.test.ts'],
  ['docs/verify.md', 'console', 'test/docs/transcripts.int.test.ts'],
  ['docs/operations.md', 'sql', 'test/docs/operations.int.test.ts'],
  ['docs/uninstall.md', 'sql', 'test/docs/uninstall.int.test.ts'],
] as const;

/** Blocks that no test runs, by their page and their first words, and why. */
const notTested = [
  ['README.md', 'npm ci && npm run demo', 'it installs; continuous integration runs both lines'],
  ['README.md', '(cd attach-payment-method', 'it installs from a registry; docs/tutorial.md runs what comes after'],
  ['docs/tutorial.md', 'npm init -y', 'it installs from a registry'],
  ['docs/tutorial.md', 'sudo -u postgres', 'it takes a Postgres of the system, and root'],
  [
    'docs/simulator.md',
    'npx attach-payment-method simulator',
    'it stays in the foreground; the test starts the same simulator',
  ],
  ['docs/seals.md', 'node verify.mjs', 'its arguments stand for the reader’s own; docs/verify.md runs it'],
  ['docs/seals.md', 'attach-payment-method/1, trail', 'the fields of a hash, no program'],
  ['docs/seals.md', 'format, trail', 'the fields of a signature, no program'],
  ['docs/events.md', 'attach-payment-method/1, trail', 'the fields of a hash, no program'],
  ['docs/scale.md', 'select create_distributed_table', 'Citus cannot be had here, and the page says so'],
  ['docs/operations.md', 'pg_dump', 'programs of Postgres; test/proofs/dump.int.test.ts runs the same'],
] as const;

const pages = (await allPages()).filter(({ path }) => path === 'README.md' || path.startsWith('docs/'));

const isRegion = ({ language, above }: Fence) => /^(ts|js)$/.test(language) && above.startsWith('<!-- snippet: ');

function isListed(path: string, { language, body }: Fence): boolean {
  return (
    tested.some((entry) => entry[0] === path && entry[1] === language) ||
    notTested.some((entry) => entry[0] === path && body.trimStart().startsWith(entry[1]))
  );
}

it('every block on a page is a region of a tested file, is run by a test, or is on the list of the others', () => {
  const found = pages.flatMap(({ path, text }) =>
    fencesOf(text)
      .filter((block) => !isRegion(block) && !isListed(path, block))
      .map(({ language, body }) => `${path}: ${language}: ${body.split('\n')[0]}`),
  );
  expect(found).toEqual([]);
});

it('every test on the list names its page, and every entry of both lists has a block', () => {
  for (const [path, , test] of tested) expect(existsSync(test) && readFileSync(test, 'utf8'), test).toContain(path);
  const fences = pages.flatMap(({ path, text }) => fencesOf(text).map((block) => ({ path, block })));
  const stale = [...tested, ...notTested].filter(
    ([page, key]) =>
      !fences.some(
        ({ path, block }) => path === page && (block.language === key || block.body.trimStart().startsWith(key)),
      ),
  );
  expect(stale).toEqual([]);
});

it('every region on a page is what its file has', async () => {
  await promisify(execFile)(process.execPath, ['test/support/snippets.mjs', '--check']);
});
