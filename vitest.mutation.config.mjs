import { defineConfig } from 'vitest/config';
import { mutated } from './test/support/mutation.mjs';

export default defineConfig({
  resolve: { tsconfigPaths: true },
  // Stryker runs one worker; to start it anew for every file would take most of the time.
  test: { ...mutated.tests, isolate: false, testTimeout: 20_000 },
});
