import type { Judgement } from './logs.ts';

/** Judges every item: `unknown` where there is none, false where `problemOf` names a problem of any. */
export function judgeAll<Item>(items: Iterable<Item>, problemOf: (item: Item) => string | null): Judgement {
  const problems: string[] = [];
  let judged = 0;
  for (const item of items) {
    judged += 1;
    const problem = problemOf(item);
    if (problem !== null) problems.push(problem);
  }
  if (judged === 0) return { verdict: 'unknown', problems };
  return { verdict: problems.length === 0, problems };
}
