import { expect, it } from 'vitest';
import { backoffMs } from '../../../src/adapters/stripe/retries.ts';

it('the wait before a retry doubles from 500 ms up to 5 s', () => {
  expect([1, 2, 3, 4, 5, 9].map((tries) => backoffMs(tries, () => 1))).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
});

it('the wait has full jitter: from nothing up to all of it', () => {
  expect([0, 0.25, 0.5].map((chance) => backoffMs(2, () => chance))).toEqual([0, 250, 500]);
});
