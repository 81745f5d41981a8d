import { place, wordsOf } from './placements.ts';

/** What a crash can leave behind of an attach: the intent alone, a request on its way, an effect that nobody recorded. */
const crashes = [
  [{ at: 0, fault: 'crashAfter' }],
  [{ at: 1, fault: 'crashBefore' }],
  [{ at: 1, fault: 'crashAfter' }],
  [{ at: 2, fault: 'crashBefore' }],
] as const;

/** From the crash of the process that attaches to the outcome in the trail, on the simulated clock, by default settings. */
export async function recoveryTimes(from: number, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const placements = crashes[seed % crashes.length] ?? [];
    const { deaths, resolvedAt } = await place(placements, { seed });
    const [diedAt] = deaths;
    if (diedAt === undefined) continue;
    if (resolvedAt === null)
      throw new Error(`What the crash of ${wordsOf('attach', placements)} left open was never resolved.`);
    times.push(resolvedAt - diedAt);
  }
  return times;
}
