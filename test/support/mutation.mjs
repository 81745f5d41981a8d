import { readdirSync } from 'node:fs';

/** Too slow to be run for every mutant: they explore thousands of interleavings. */
const slow = ['test/application/concurrency/**', 'test/application/readModels/interleavings.test.ts'];

/** What per cent of a room's mutants have to be found; a room that is not here was not measured yet. */
const floors = { domain: 90 };

const folders = readdirSync('src/application', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const sources = {
  domain: 'src/domain/**/*.ts',
  facade: 'src/application/*.ts',
  ...Object.fromEntries(folders.map(({ name }) => [name, `src/application/${name}/**/*.ts`])),
};
const room = process.env['MUTATED'] ?? 'domain';
if (!(room in sources)) throw new Error(`MUTATED is ${room}; it must be one of ${Object.keys(sources).join(', ')}.`);

/** The room that MUTATED names (the domain, or a part of the application), and the tests that have to notice. */
export const mutated = {
  room,
  floor: floors[room] ?? null,
  mutate: [sources[room]],
  tests: {
    include: [room === 'domain' ? 'test/domain/**/*.test.ts' : 'test/{domain,application}/**/*.test.ts'],
    exclude: slow,
  },
};
