import { describe, expect, it } from 'vitest';
import { combineObservers } from '../../../src/application/observing/combineObservers.ts';
import type { Observation, Observer } from '../../../src/application/ports/observer.ts';

/** Notes all that it is told, under its name. */
function aRecorder(name: string, told: string[]): Required<Omit<Observer, 'traceparent'>> {
  const observation = (of: string): Observation<unknown> => ({
    within: (work) => {
      told.push(`${name} ${of} in`);
      const result = work();
      told.push(`${name} ${of} out`);
      return result;
    },
    ended: (how) => told.push(`${name} ${of} ended ${JSON.stringify(how)}`),
    failed: (error) => told.push(`${name} ${of} failed ${String(error)}`),
  });
  return {
    useCase: ({ useCase }) => observation(useCase),
    settling: ({ sort }) => observation(sort),
    append: ({ events }) => observation(`${events}`),
    stripeRequest: ({ route }) => observation(route),
    appendBatch: ({ tookMs }) => void told.push(`${name} took ${tookMs}`),
  };
}

const begun: Record<string, (observer: Observer) => Observation<never> | undefined> = {
  attach: (observer) => observer.useCase?.({ useCase: 'attach' }),
  setup: (observer) => observer.settling?.({ sort: 'setup', attemptIds: [], traceparents: [] }),
  7: (observer) => observer.append?.({ streams: 1, events: 7 }),
  '/v1/x': (observer) => observer.stripeRequest?.({ route: '/v1/x' } as never),
};

describe('several observers as one', () => {
  it.each(Object.entries(begun))('are all told of %s, one within the other, and how it ended', (what, begin) => {
    const told: string[] = [];
    const observer = combineObservers(aRecorder('one', told), {}, aRecorder('other', told));
    const observation = begin(observer);
    expect(observation?.within?.(() => told.push('work'))).toBe(3);
    expect(told.splice(0)).toEqual([
      `one ${what} in`,
      `other ${what} in`,
      'work',
      `other ${what} out`,
      `one ${what} out`,
    ]);
    observation?.ended('so' as never);
    observation?.failed(new Error('no'));
    expect(told).toEqual([
      `one ${what} ended "so"`,
      `other ${what} ended "so"`,
      `one ${what} failed Error: no`,
      `other ${what} failed Error: no`,
    ]);
  });

  it.each(Object.entries(begun))('watch nothing of %s where none of them does', (_, begin) => {
    expect(begin(combineObservers({}, {}))).toBeUndefined();
  });

  it('are all told of appends that went together, whatever one of them throws', () => {
    const told: string[] = [];
    const broken: Observer = {
      appendBatch: () => {
        throw new Error('the observer is broken');
      },
    };
    const observer = combineObservers({}, broken, aRecorder('one', told), aRecorder('other', told));
    observer.appendBatch?.({ waitedMs: [1], tookMs: 2 });
    expect(told).toEqual(['one took 2', 'other took 2']);
  });

  it('name no traceparent where none of them does', () => {
    expect(combineObservers({}, { traceparent: () => null }).traceparent?.()).toBeNull();
  });
});
