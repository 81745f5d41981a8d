import { describe, expect, it } from 'vitest';
import type { Fault, RandomFaults } from '../../../../src/adapters/simulator/index.ts';
import { anyAccount, get } from '../support.ts';

const lost: Fault = { fault: 'loseRequest' };
const limited: Fault = { fault: 'rateLimit' };

/** What becomes of so many requests: how each is delivered, and with which status. */
function fates(faults: RandomFaults, requests = 200): readonly string[] {
  const { account } = anyAccount();
  account.faults.atRandom(faults);
  return Array.from({ length: requests }, () => {
    const delivery = account.receive(get('customers')).finish();
    return delivery.delivery === 'whole' ? String(delivery.response.status) : delivery.delivery;
  });
}

const odds = [
  { fault: lost, probability: 0.25 },
  { fault: limited, probability: 0.25 },
];

describe('faults at random', () => {
  it('strike the same requests for the same seed, and others for another', () => {
    expect(fates({ seed: 7, odds })).toEqual(fates({ seed: 7, odds }));
    expect(fates({ seed: 7, odds })).not.toEqual(fates({ seed: 8, odds }));
  });

  it('strike about as often as their odds say', () => {
    const all = fates({ seed: 1, odds }, 4000);
    for (const fate of ['lost', '429']) {
      expect(all.filter((one) => one === fate).length / 4000).toBeCloseTo(0.25, 1);
    }
    expect(all.filter((one) => one === '200').length / 4000).toBeCloseTo(0.5, 1);
  });

  it('always strike at odds of 1, and never at odds of 0', () => {
    expect(new Set(fates({ seed: 1, odds: [{ fault: lost, probability: 1 }] }))).toEqual(new Set(['lost']));
    expect(new Set(fates({ seed: 1, odds: [{ fault: lost, probability: 0 }] }))).toEqual(new Set(['200']));
  });

  it('leave alone what they do not match, and the luck of the others', () => {
    const onAttach = [{ fault: lost, probability: 1, match: { path: /attach$/ } }];
    expect(new Set(fates({ seed: 1, odds: onAttach }))).toEqual(new Set(['200']));
  });

  it('come after what is scripted, and end when cleared', () => {
    const { account } = anyAccount();
    account.faults.atRandom({ seed: 1, odds: [{ fault: lost, probability: 1 }] });
    account.faults.next(limited);
    const fate = () => account.receive(get('customers')).finish().delivery;
    expect([fate(), fate()]).toEqual(['whole', 'lost']);
    account.faults.clear();
    expect(fate()).toBe('whole');
  });

  it.each([
    [[{ fault: lost, probability: 1.5 }]],
    [[{ fault: lost, probability: -0.1 }]],
    [[{ fault: lost, probability: Number.NaN }]],
    [
      [
        { fault: lost, probability: 0.6 },
        { fault: limited, probability: 0.6 },
      ],
    ],
  ])('refuse odds that are none: %j', (wrong) => {
    expect(() => fates({ seed: 1, odds: wrong })).toThrow(RangeError);
  });
});
