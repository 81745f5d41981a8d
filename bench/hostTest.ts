import { performance } from 'node:perf_hooks';
import { assertAttached, assertRecorded, testPaymentMethods } from '../src/testing/index.ts';

// What one unit test of a host's costs, of one attach: `npx tsx bench/hostTest.ts`. Prints the first in a new
// process, and the median of a hundred behind a hundred that warm up.

const rounds = 100;

async function oneTest(): Promise<number> {
  const from = performance.now();
  const { paymentMethods, eventStore } = testPaymentMethods();
  const attach = { paymentMethodId: 'pm_1', customer: 'cus_1', attemptId: 'checkout-1', actor: 'user-7' };
  assertAttached(await paymentMethods.attach(attach), 'cus_1');
  await assertRecorded(eventStore, ['AttachmentRequested', 'PaymentMethodAttached']);
  return performance.now() - from;
}

const first = await oneTest();
for (let count = 0; count < rounds; count += 1) await oneTest();
const took: number[] = [];
for (let count = 0; count < rounds; count += 1) took.push(await oneTest());
const median = took.toSorted((one, other) => one - other)[rounds / 2] ?? Number.NaN;
console.log(`first test ${first.toFixed(2)} ms, median of ${rounds}: ${median.toFixed(2)} ms`);
