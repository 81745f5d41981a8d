import { readdirSync } from 'node:fs';

/** Two are too slow to be run for every mutant: they explore thousands of interleavings. One reads the source as text. */
const left = [
  'test/application/concurrency/**',
  'test/application/readModels/interleavings.test.ts',
  'test/application/errors.test.ts',
];
const of = (...rooms) => rooms.map((room) => `test/application/${room}/**/*.test.ts`);

/**
 * The tests that are near a room; of the others, all of the domain and the application. What is made once, when it is
 * imported, is run by every test that there is: a schema's mutants would take hours.
 */
const near = {
  domain: ['test/domain/**/*.test.ts'],
  commands: of('commands', 'attach', 'beginSetup', 'detach', 'ingest', 'privacy', 'setDefault', 'sweep'),
  events: of('events', 'attach', 'beginSetup', 'detach', 'ingest', 'observing', 'privacy', 'protocol', 'setDefault'),
  trail: [
    'test/application/*.test.ts',
    ...of('trail'),
    'test/adapters/memory/inMemoryEventStore.test.ts',
    'test/adapters/audit/exportTrail.test.ts',
  ],
  reading: of('reading', 'privacy'),
  readModels: of('readModels', 'reading', 'recovery', 'setDefault', 'attach', 'sweep'),
  sweep: of('sweep'),
  recovery: of('recovery', 'attach', 'setDefault'),
  protocol: of('protocol', 'attach', 'detach', 'setDefault', 'beginSetup', 'recovery'),
  useCases: [
    'test/application/history.test.ts',
    ...of('attach', 'beginSetup', 'detach', 'ingest', 'privacy', 'protocol', 'recovery', 'setDefault', 'sweep'),
  ],
  privacy: of('privacy'),
  observing: of('observing'),
};
/** A mutant that breaks the import of a file fails no test but this: the others are not begun. */
const loading = 'test/application/loading.test.ts';

/** What per cent of a room's mutants have to be found; a room that is not here was not measured yet. */
const floors = {
  domain: 90,
  facade: 95,
  commands: 93,
  events: 90,
  trail: 96,
  reading: 90,
  readModels: 94,
  sweep: 90,
  recovery: 95,
  protocol: 94,
  useCases: 94,
  privacy: 94,
  observing: 90,
};

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
    include: [...(near[room] ?? ['test/{domain,application}/**/*.test.ts']), loading],
    exclude: left,
  },
};
