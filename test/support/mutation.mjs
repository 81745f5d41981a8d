/** Too slow to be run for every mutant: they explore thousands of interleavings, or wait for a process to end. */
const slow = [
  'test/application/concurrency/**',
  'test/application/readModels/interleavings.test.ts',
  'test/application/recovery/recoveryWorker.test.ts',
];

const application = { include: ['test/{domain,application}/**/*.test.ts'], exclude: slow };
const domain = { include: ['test/domain/**/*.test.ts'], exclude: [] };

/** The room whose code is mutated, as MUTATED names it: `domain`, or a folder of src/application. */
const room = process.env['MUTATED'] ?? 'domain';

/** What is mutated, and the tests that have to notice. A mutant of what runs at import runs all of them. */
export const mutated =
  room === 'domain'
    ? { room, mutate: ['src/domain/**/*.ts'], tests: domain }
    : { room, mutate: [`src/application/${room}/**/*.ts`], tests: application };
