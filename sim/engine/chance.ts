import { seededRandom } from '../../src/adapters/simulator/faults/seededRandom.ts';

/** Everything that is left to chance in one run, the same for the same seed. */
export class Chance {
  /** at least 0, under 1 */
  readonly random: () => number;

  constructor(seed: number) {
    // Neighbouring seeds start far apart.
    this.random = seededRandom(Math.imul(seed ^ 0x5bf03635, 0x9e3779b1) ^ (seed >>> 15));
  }

  /** True with this probability, from 0 to 1. */
  hits(probability: number): boolean {
    return probability > 0 && this.random() < probability;
  }

  /** A whole number from `min` to `max`, both among them. */
  between(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  /** One of these, which are at least one. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new RangeError('There is nothing to pick from.');
    return item;
  }

  /** One of these by its weight; null where all weights are 0. */
  weighted<Item>(items: readonly (readonly [Item, number])[]): Item | null {
    let lot = this.random() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      if (lot < weight) return item;
      lot -= weight;
    }
    return null;
  }
}
