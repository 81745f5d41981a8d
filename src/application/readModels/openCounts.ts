import type { OpenCount } from '../ports/openAttempts.ts';

/** One count for each sort there is, of all that were counted. */
export function summed(counted: readonly OpenCount[]): readonly OpenCount[] {
  const sums = new Map<string, OpenCount>();
  for (const one of counted) {
    const { count = 0, oldest = one.oldest } = sums.get(one.sort) ?? {};
    sums.set(one.sort, {
      sort: one.sort,
      count: count + one.count,
      oldest: one.oldest < oldest ? one.oldest : oldest,
    });
  }
  return [...sums.values()];
}
