import type { LifeResult } from '../life.ts';
import { place, placementsIn } from '../placements.ts';
import { simulate } from '../simulate.ts';

/** Lives one life again and prints it, line by line. Answers whether it kept every rule. */
export async function replaySeed(seed: number): Promise<LifeResult> {
  return printed(await simulate(seed, { withTimeline: true }));
}

export async function replayPlacement(words: string): Promise<LifeResult> {
  const { play, placed } = placementsIn(words);
  return printed(await place(placed, { play, withTimeline: true }));
}

function printed(result: LifeResult): LifeResult {
  for (const line of result.timeline) console.log(line);
  for (const { rule, verdict } of result.judged) console.log(`${String(verdict).padEnd(8)} ${rule}`);
  for (const violation of result.violations) console.log(`BROKEN ${violation}`);
  return result;
}
