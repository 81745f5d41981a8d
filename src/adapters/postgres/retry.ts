import { setTimeout as sleep } from 'node:timers/promises';
import { classifyError, toStoreError } from './postgresErrors.ts';

const maxTries = 8;
const firstDelayMs = 25;
const maxDelayMs = 1000;

/** How long one call may take, all its tries together; one try may take two thirds of it. */
export type CallLimit = { readonly deadlineMs: number };

/**
 * Runs a call that is safe to repeat until it goes through: at most eight times, with full jitter, within the deadline.
 * `call` is given the time it may take. Throws the error a caller sees.
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
      const delayMs = Math.random() * Math.min(maxDelayMs, firstDelayMs * 2 ** tries);
      const isLast = tries === maxTries || performance.now() + delayMs >= endsAt;
      if (errorClass === 'definite' || isLast) throw toStoreError(error, schema, ambiguous);
      await sleep(delayMs);
    }
  }
}
