import type { Observation, Observer } from '../ports/observer.ts';
import { quietly, within } from './observe.ts';
import { traceparentOf } from './traceparent.ts';

/**
 * Several observers as one: each is told everything, and no fault of one is felt by another. The first traceparent that is
 * one counts.
 */
export function combineObservers(...observers: readonly Observer[]): Observer {
  return {
    useCase: (begun) => combined(observers.map((one) => () => one.useCase?.(begun))),
    settling: (begun) => combined(observers.map((one) => () => one.settling?.(begun))),
    append: (begun) => combined(observers.map((one) => () => one.append?.(begun))),
    stripeRequest: (begun) => combined(observers.map((one) => () => one.stripeRequest?.(begun))),
    appendBatch: (batch) => {
      for (const one of observers) quietly(() => one.appendBatch?.(batch));
    },
    traceparent: () => {
      for (const one of observers) {
        const traceparent = traceparentOf(one);
        if (traceparent !== undefined) return traceparent;
      }
      return null;
    },
  };
}

function combined<Ended>(begin: readonly (() => Observation<Ended> | undefined)[]): Observation<Ended> | undefined {
  const observations = begin.map(quietly).filter((one) => one !== undefined);
  if (observations.length === 0) return undefined;
  return {
    within: <Result>(work: () => Result): Result => {
      const nested = observations.reduceRight<() => Result>((inner, one) => () => within(one, inner), work);
      return nested();
    },
    ended: (how) => {
      for (const one of observations) quietly(() => one.ended(how));
    },
    failed: (error) => {
      for (const one of observations) quietly(() => one.failed(error));
    },
  };
}
