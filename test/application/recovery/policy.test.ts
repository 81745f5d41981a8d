import { describe, expect, it } from 'vitest';
import { systemChance, systemTimers } from '../../../src/adapters/system/system.ts';
import type { RecoveryPolicy } from '../../../src/application/recovery/recoveryPolicy.ts';
import { RecoveryWorker } from '../../../src/application/recovery/recoveryWorker.ts';
import { aMonolith, ana, dying, hour, settled } from '../support.ts';

const fields = ['concurrency', 'leaseMs', 'longestPauseMs', 'stuckAfterMs', 'needsHumanAfterMs'] as const;

describe('the policy of recovery', () => {
  it.each(fields)('takes a whole number from 1 as its %s, and nothing else', (field) => {
    const withField = (value: number) => () => aMonolith().process({ recovery: { [field]: value } });
    for (const value of [1, 7]) expect(withField(value)).not.toThrow();
    for (const value of [0, -1, 1.5, Number.NaN, Infinity]) {
      expect(withField(value)).toThrow(`recovery.${field} is ${value}; it must be a whole number from 1.`);
      expect(withField(value)).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
    }
  });

  it.each<[number, Partial<RecoveryPolicy>, boolean | null]>([
    [24 * hour - 1, {}, null],
    [24 * hour, {}, false],
    [72 * hour - 1, {}, false],
    [72 * hour, {}, true],
    [59_999, { stuckAfterMs: 60_000 }, null],
    [60_000, { stuckAfterMs: 60_000, needsHumanAfterMs: 60_001 }, false],
    [60_000, { stuckAfterMs: 60_000, needsHumanAfterMs: 60_000 }, true],
  ])('what is open for %i ms is stuck, and needs a human, as %o says: %s', async (ageMs, recovery, needsHuman) => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    monolith.passes(ageMs);
    monolith.gateway.losesResponse({ times: 100, of: 'lookUp' });
    monolith.gateway.losesRequest({ times: 100 });
    const leases = { acquire: async () => false, release: async () => {} };
    const { stuck } = await monolith.process({ recovery, leases }).recover();
    expect(stuck.map((one) => one.needsHuman)).toEqual(needsHuman === null ? [] : [needsHuman]);
  });
});

it.each([1, 2 ** 31 - 1])('a worker takes an interval of %i ms', (intervalMs) => {
  const { paymentMethods } = aMonolith();
  const parts = { paymentMethods, timers: systemTimers, chance: systemChance };
  expect(() => new RecoveryWorker({ ...parts, intervalMs })).not.toThrow();
  for (const wrong of [0, Number.NaN, 2 ** 31]) {
    expect(() => new RecoveryWorker({ ...parts, intervalMs: wrong })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTIONS',
        message: expect.stringContaining(`intervalMs is ${wrong}; it must`),
      }),
    );
  }
});
