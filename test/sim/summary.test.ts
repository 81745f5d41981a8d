import { expect, it } from 'vitest';
import { Summary } from '../../sim/cli/summary.ts';

const report = { lives: 0, attaches: 0, cpuMs: 0, broken: [], sometimes: [] };

it.each([
  ['a minute', 60_000, true],
  ['longer', 60_001, false],
])('a run in which recovery takes %s from crash to outcome is sound or not', (_, ms, isInTime) => {
  const summary = new Summary();
  summary.add({ ...report, recoveries: [10_000, ms] }, { job: 'recoveries', from: 1, count: 2 });
  expect(summary.isInTime).toBe(isInTime);
});
