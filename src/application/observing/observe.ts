import type { Observation } from '../ports/observer.ts';

/**
 * Does the work and tells its observation how it ended; answers, and throws, what the work does, whatever the observer
 * does. Without an observation it costs one comparison.
 */
export function observe<Ended, Result>(
  begin: () => Observation<Ended> | undefined,
  work: () => Promise<Result>,
  endOf: (result: Result) => Ended,
): Promise<Result> {
  const observation = quietly(begin);
  return observation === undefined ? work() : observed(observation, work, endOf);
}

/**
 * What it answers; undefined where it throws: an observer's fault is not the host's, nor the customer's. Also where it
 * rejects: an `async` method is a method that answers nothing, to TypeScript, and nobody would handle what it rejects with;
 * nor what a promise that another library, or realm, made rejects with.
 */
export function quietly<Value>(tell: () => Value): Value | undefined {
  try {
    const value = tell();
    if (typeof value === 'object' && value !== null && 'then' in value) Promise.resolve(value).catch(() => {});
    return value;
  } catch {
    return undefined;
  }
}

/** Calls the work, which does not throw, within the observation: once, whatever the observation does. */
export function within<Result>(observation: Pick<Observation<never>, 'within'>, work: () => Result): Result {
  let called: { readonly result: Result } | undefined;
  const once = () => (called ??= { result: work() }).result;
  quietly(() => observation.within?.(once));
  return once();
}

async function observed<Ended, Result>(
  observation: Observation<Ended>,
  work: () => Promise<Result>,
  endOf: (result: Result) => Ended,
): Promise<Result> {
  let result: Result;
  try {
    result = await within(observation, async () => work());
  } catch (error) {
    quietly(() => observation.failed(error));
    throw error;
  }
  quietly(() => observation.ended(endOf(result)));
  return result;
}
