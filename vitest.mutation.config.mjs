import { defineConfig } from 'vitest/config';
import { mutated } from './test/support/mutation.mjs';

export default defineConfig({
  resolve: { tsconfigPaths: true },
  // Stryker runs one worker; to start it anew for every file would take most of the time.
  // Every mutant that is found by waiting is waited for: no test takes two seconds.
  test: { ...mutated.tests, isolate: false, testTimeout: 8000, env: { UNTIL_MS: '3000' } },
});
