// count.mjs RESULTS...: prints "N passed, N failed" over vitest's JSON results. A test file that could not be loaded
// counts as one that failed; results that were never written count for nothing, their step has failed already.
import { existsSync, readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
for (const file of process.argv.slice(2).filter((name) => existsSync(name))) {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  passed += numPassedTests;
  failed += numFailedTests + unloaded.length;
}
console.log(`${passed} passed, ${failed} failed`);
