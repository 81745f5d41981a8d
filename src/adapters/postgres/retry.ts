import { setTimeout as sleep } from 'node:timers/promises';
import { classifyError, toStoreError } from './postgresErrors.ts';

const maxTries = 5;
const firstDelayMs = 50;
const maxDelayMs = 1000;

/**
 * Runs a call that is safe to repeat until it goes through, at most five times within about two seconds, with full
 * jitter. Throws the error a caller sees.
 */
export async function retrying<Result>(schema: string, writes: boolean, call: () => Promise<Result>): Promise<Result> {
  let ambiguous = false;
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      const errorClass = classifyError(error);
      ambiguous ||= writes && errorClass === 'ambiguous';
      if (errorClass === 'definite' || tries === maxTries) throw toStoreError(error, schema, ambiguous);
      await sleep(Math.random() * Math.min(maxDelayMs, firstDelayMs * 2 ** tries));
    }
  }
}
