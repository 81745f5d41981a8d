import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Collection } from '../../../../src/adapters/simulator/world/collection.ts';

type Thing = { readonly id: string; readonly owner: string | null };
type Step = { readonly put: Thing } | { readonly delete: string };

const id = fc.integer({ min: 0, max: 12 }).map(String);
const owner = fc.constantFrom('a', 'b', 'c', null);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ id, owner }).map((put) => ({ put })) },
  { weight: 1, arbitrary: id.map((one) => ({ delete: one })) },
);

/** The same in the plainest way: a list in the order things came. */
function plainly(steps: readonly Step[]): readonly Thing[] {
  let things: readonly Thing[] = [];
  for (const one of steps) {
    if ('delete' in one) things = things.filter((thing) => thing.id !== one.delete);
    else if (things.some((thing) => thing.id === one.put.id)) {
      things = things.map((thing) => (thing.id === one.put.id ? one.put : thing));
    } else things = [...things, one.put];
  }
  return things;
}

it('a collection walks what a plain list would filter, from any place in either direction', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.subarray(['a', 'b', 'c']),
      fc.option(id, { nil: undefined }),
      (steps, keys, after) => {
        const collection = new Collection<Thing, 'owner'>({ owner: (thing) => thing.owner });
        for (const one of steps) {
          if ('delete' in one) collection.delete(one.delete);
          else collection.put(one.put);
        }
        const things = plainly(steps);
        const from = things.findIndex((thing) => thing.id === after);
        const isSelected = (thing: Thing) => thing.owner !== null && keys.includes(thing.owner);
        const newer = from === -1 ? things : things.slice(from + 1);
        const older = (from === -1 ? things : things.slice(0, from)).toReversed();
        const by = { index: 'owner', keys } as const;
        expect([...collection.walk({ after, direction: 'oldestFirst' })]).toEqual(newer);
        expect([...collection.walk({ after, direction: 'newestFirst' })]).toEqual(older);
        expect([...collection.walk({ by, after, direction: 'oldestFirst' })]).toEqual(newer.filter(isSelected));
        expect([...collection.walk({ by, after, direction: 'newestFirst' })]).toEqual(older.filter(isSelected));
        expect(collection.size).toBe(things.length);
        expect(collection.oldest).toEqual(things[0]);
        for (const key of ['a', 'b', 'c']) {
          expect(collection.count('owner', key)).toBe(things.filter((thing) => thing.owner === key).length);
        }
        const owners = new Set(things.flatMap((thing) => (thing.owner === null ? [] : [thing.owner])));
        expect(new Set(collection.keys('owner'))).toEqual(owners);
      },
    ),
    { numRuns: 500 },
  );
});
