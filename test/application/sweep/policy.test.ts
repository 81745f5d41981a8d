import { describe, expect, it } from 'vitest';
import { LocalCursors } from '../../../src/application/sweep/localCursors.ts';
import type { SweepPolicy } from '../../../src/application/sweep/sweepPolicy.ts';
import { ana } from '../support.ts';
import { aSweeping } from './support.ts';

describe('the policy of a sweep', () => {
  it.each<[keyof SweepPolicy, number]>([
    ['requestsPerSecond', 0],
    ['requestsPerSecond', 1001],
    ['requestsPerSecond', Number.NaN],
    ['customersPerPass', 0],
    ['customersPerPass', 1.5],
    ['customersPerPass', Infinity],
    ['overlapMs', 0],
    ['overlapMs', -1],
    ['leaseMs', 0],
  ])('cannot have %s %d, and is told so at once', (field, value) => {
    expect(() => aSweeping().process({ sweep: { [field]: value } })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTIONS',
        message: expect.stringMatching(`^sweep\\.${field} is ${value}; it must be more than 0`),
      }),
    );
  });

  it.each<[keyof SweepPolicy, number]>([
    ['requestsPerSecond', 0.5],
    ['requestsPerSecond', 1000],
    ['customersPerPass', 1],
    ['overlapMs', 1],
    ['leaseMs', 1],
  ])('may have %s %d', (field, value) => {
    expect(() => aSweeping().process({ sweep: { [field]: value } })).not.toThrow();
  });

  it('is, where nothing is said: 25 requests a second, and a hundred customers in a pass', async () => {
    const monolith = aSweeping();
    const waits: number[] = [];
    const sleep = async (ms: number) => {
      waits.push(ms);
      monolith.passes(ms);
    };
    const sweeping = monolith.sweeping({ timers: { sleep } });
    for (let number = 101; number <= 211; number += 1) {
      const names = { paymentMethodId: `pm_${number}`, customer: `cus_${number}` };
      await monolith.paymentMethods.attach({ ...ana, ...names });
    }
    // The first pass ever reads all customers.
    expect(await sweeping.sweep()).toMatchObject({ customers: 111 });
    expect(new Set(waits)).toEqual(new Set([40]));
    expect(await sweeping.sweep()).toMatchObject({ customers: 100 });
    expect(await sweeping.sweep()).toMatchObject({ customers: 11 });
  });

  it('holds others off for a minute, and no longer, without a sign of life', async () => {
    const monolith = aSweeping();
    const held: number[] = [];
    const leases = { acquire: async (_: string, __: string, ms: number) => held.push(ms) > 0, release: async () => {} };
    await monolith.sweeping({ leases }).sweep();
    await monolith.sweeping({ leases, sweep: { leaseMs: 7 } }).sweep();
    expect(new Set(held)).toEqual(new Set([60_000, 7]));
  });
});

describe('a sweep of the account', () => {
  const reading = { from: 0, to: 1, after: null, hasFailed: false };
  const cursor = { seenTo: 1, reading: null, customer: null, isFullRead: false };
  it.each([
    ['is no JSON', '{'],
    ['is of nothing', 'null'],
    ['is of another form', '{"at":7}'],
    ['has no seenTo', JSON.stringify({ ...cursor, seenTo: undefined })],
    ['has half a second', JSON.stringify({ ...cursor, seenTo: 1.5 })],
    ['has a second before all others', JSON.stringify({ ...cursor, seenTo: -1 })],
    ['has a customer that is none', JSON.stringify({ ...cursor, customer: 7 })],
    ['does not say whether it reads all', JSON.stringify({ ...cursor, isFullRead: 'no' })],
    ['has a read from nowhere', JSON.stringify({ ...cursor, reading: { ...reading, from: null } })],
    ['has a read to nowhere', JSON.stringify({ ...cursor, reading: { ...reading, to: null } })],
    ['has a read after nothing', JSON.stringify({ ...cursor, reading: { ...reading, after: 7 } })],
    ['has a read that may have failed', JSON.stringify({ ...cursor, reading: { ...reading, hasFailed: 'no' } })],
  ])('begins anew, with all customers, where its cursor %s', async (_, text) => {
    const monolith = aSweeping();
    for (const name of ['A', 'B'])
      await monolith.paymentMethods.attach({ ...ana, paymentMethodId: `pm_${name}`, customer: `cus_${name}` });
    const cursors = new LocalCursors();
    await cursors.save('sweep', text);
    const report = await monolith.sweeping({ cursors, sweep: { customersPerPass: 1 } }).sweep();
    expect(report).toMatchObject({ eventsMissed: true, events: 2, customers: 2, isFullReadOpen: false });
  });

  it('goes on where its cursor says, with the customers that are left of the round', async () => {
    const monolith = aSweeping();
    for (const name of ['A', 'B', 'C'])
      await monolith.paymentMethods.attach({ ...ana, paymentMethodId: `pm_${name}`, customer: `cus_${name}` });
    const cursors = new LocalCursors();
    const seenTo = Math.floor(monolith.account.now / 1000);
    await cursors.save('sweep', JSON.stringify({ ...cursor, seenTo, customer: 'cus_A' }));
    expect(await monolith.sweeping({ cursors }).sweep()).toMatchObject({ eventsMissed: false, customers: 2 });
  });
});
