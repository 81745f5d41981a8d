import type { OpenCount } from '../ports/openAttempts.ts';
import type { RequestSort } from './openAttempts.ts';

/** What asked of Stripe is counted apart. */
export const requestSorts: readonly RequestSort[] = ['attachment', 'detachment', 'default', 'setup'];

/** One count for each sort there is, of all that were counted; what is of no sort is left out. */
export function summed(
  counted: Iterable<{ readonly sort: string; readonly count: number; readonly oldest: string }>,
): readonly OpenCount[] {
  const sums = new Map<RequestSort, OpenCount>();
  for (const { sort: name, count, oldest } of counted) {
    const sort = requestSorts.find((one) => one === name);
    if (sort === undefined) continue;
    const before = sums.get(sort) ?? { count: 0, oldest };
    sums.set(sort, { sort, count: before.count + count, oldest: oldest < before.oldest ? oldest : before.oldest });
  }
  return [...sums.values()];
}
