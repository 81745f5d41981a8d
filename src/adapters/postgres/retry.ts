import { setTimeout as sleep } from 'node:timers/promises';
import { classifyError, toStoreError } from './postgresErrors.ts';

const baseDelayMs = 50;
const maxDelayMs = 1000;

/** How long one call may take, all its tries together; one try may take two thirds of it. */
export type CallLimit = { readonly deadlineMs: number };

/**
 * Runs a call that is safe to repeat until it goes through or the deadline comes: a server that restarts, or hands over
 * to its standby, is back within it. `call` is given the time it may take. Throws the error a caller sees.
 */
export async function retrying<Result>(
  { schema, writes, deadlineMs }: CallLimit & { readonly schema: string; readonly writes: boolean },
  call: (limitMs: number) => Promise<Result>,
): Promise<Result> {
  const endsAt = performance.now() + deadlineMs;
  let ambiguous = false;
  for (let tries = 1; ; tries += 1) {
    try {
      return await call(Math.max(1, Math.min((deadlineMs * 2) / 3, endsAt - performance.now())));
    } catch (error) {
      const errorClass = classifyError(error);
      ambiguous ||= writes && errorClass === 'ambiguous';
      const delayMs = backoffMs(tries, Math.random);
      const isLast = performance.now() + delayMs >= endsAt;
      if (errorClass === 'definite' || isLast) throw toStoreError(error, schema, ambiguous);
      await sleep(delayMs);
    }
  }
}

/** How long to wait after this many tries: full jitter, so that callers who failed together do not return together. */
export function backoffMs(triesMade: number, random: () => number): number {
  return random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (triesMade - 1));
}
