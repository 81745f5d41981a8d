import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The tests of the package as it is published: they install it into hosts of their own, which takes half a minute. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/package/**/*.test.ts'],
    exclude: [],
    // One of them times an import.
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    globalSetup: ['test/support/globalSetup.ts', 'test/package/pack.ts'],
  },
});
