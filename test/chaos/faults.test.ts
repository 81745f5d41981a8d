import { describe, expect, it } from 'vitest';
import { Deck, faults } from '../../chaos/faults.ts';
import { mutantCalled, storeMutants } from '../../chaos/mutants.ts';
import { bundleProgram } from '../../sim/cli/bundle.ts';
import { Chance } from '../../sim/engine/chance.ts';

const often = Object.values(faults).reduce((sum, fault) => sum + fault.often, 0);
const deal = (seed: number, count: number) => {
  const deck = new Deck(new Chance(seed));
  return Array.from({ length: count }, () => deck.deal());
};

describe('the faults of a run', () => {
  it('come as often as they are to, in an order that the seed decides', () => {
    const dealt = deal(1, often);
    for (const [name, fault] of Object.entries(faults)) {
      expect(dealt.filter((one) => one === name)).toHaveLength(fault.often);
    }
    expect(deal(1, often)).toEqual(dealt);
    expect(deal(2, often)).not.toEqual(dealt);
  });

  it('that do not fit now come later', () => {
    const deck = new Deck(new Chance(1));
    const isKill = (name: string) => name.startsWith('SIGKILL');
    const kills = Object.entries(faults).reduce((sum, [name, fault]) => sum + (isKill(name) ? fault.often : 0), 0);
    const others = Array.from({ length: often - kills }, () => deck.deal((name) => !isKill(name)));
    expect(others.some(isKill)).toBe(false);
    expect(Array.from({ length: kills }, () => deck.deal()).every(isKill)).toBe(true);
  });
});

describe('faults planted in the store', () => {
  it.each(storeMutants.map(({ name }) => name))('fit the code: %s', async (name) => {
    const bundle = await bundleProgram('chaos/app/program.ts', mutantCalled(name));
    await bundle.remove();
  });

  it('are refused by a name that nobody knows', () => {
    expect(() => mutantCalled('no such thing')).toThrow(RangeError);
  });
});
