import { mutated } from './test/support/mutation.mjs';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.mjs', related: false },
  mutate: mutated.mutate,
  ignorePatterns: ['/api', '/bench', '/chaos', '/dist', '/examples', '/sim', '/verifier', '/.data'],
  concurrency: 1,
  // On a busy machine a slow test is no mutant found.
  timeoutMS: 10_000,
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: `.data/mutation/${mutated.room}.json` },
  tempDirName: `.data/stryker-${mutated.room}`,
  warnings: { slow: false },
  thresholds: { high: 95, low: 90, break: mutated.floor },
};
