// count.mjs RESULTS...: names the tests that failed, then prints "N passed, N failed" over vitest's JSON results. A test file that could not be loaded
// counts as one that failed; results that were never written count for nothing, their step has failed already.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

let passed = 0;
let failed = 0;
for (const file of process.argv.slice(2).filter((name) => existsSync(name))) {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  passed += numPassedTests;
  failed += numFailedTests + unloaded.length;
  for (const { name, message } of unloaded) console.log(`FAILED TO LOAD: ${relative('', name)}\n${message}`);
  for (const { assertionResults } of testResults)
    for (const { status, fullName, failureMessages } of assertionResults)
      if (status === 'failed') console.log(`FAILED TEST: ${fullName}\n${failureMessages.join('\n').slice(0, 2_000)}`);
}
console.log(`${passed} passed, ${failed} failed`);
