import { describe, expect, it } from 'vitest';
import type { Generation } from '../../../src/application/ports/readModels.ts';
import { byNewest, decideActivation } from '../../../src/application/readModels/generations.ts';

const generation = (id: string, version: number, position: number, state: Generation['state']): Generation => ({
  id,
  version,
  position,
  state,
});

describe('a generation of documents', () => {
  it('takes the place of the one before, which is dropped, as soon as it is as far', () => {
    const active = generation('1', 1, 7, 'active');
    const built = (position: number) => decideActivation([active, generation('2', 1, position, 'building')], '2');
    expect(built(6)).toEqual({ result: 'behind' });
    expect(built(7)).toEqual({ result: 'activated', dropped: ['1'] });
    expect(built(8)).toEqual({ result: 'activated', dropped: ['1'] });
  });

  it('that is gone takes nobody’s place', () => {
    expect(decideActivation([generation('1', 1, 7, 'active')], '2')).toEqual({ result: 'gone' });
    expect(decideActivation([], '2')).toEqual({ result: 'gone' });
  });

  it('leaves the newest active one of another version to the release before, however far that is', () => {
    const generations = [
      generation('1', 1, 9, 'active'),
      generation('2', 2, 9, 'active'),
      generation('10', 3, 5, 'building'),
    ];
    expect(decideActivation(generations, '10')).toEqual({ result: 'activated', dropped: ['1'] });
    expect(decideActivation(generations.toReversed(), '10')).toEqual({ result: 'activated', dropped: ['1'] });
  });

  it('drops what is older and was never finished, and leaves what is newer', () => {
    const generations = [
      generation('1', 1, 9, 'active'),
      generation('2', 2, 3, 'building'),
      generation('3', 2, 5, 'building'),
      generation('4', 2, 1, 'building'),
    ];
    expect(decideActivation(generations, '3')).toEqual({ result: 'activated', dropped: ['2'] });
  });

  it('is held back by none that is only being built, however far that is, and leaves none of those to anybody', () => {
    const generations = [
      generation('1', 1, 9, 'active'),
      generation('2', 2, 9, 'building'),
      generation('3', 3, 9, 'building'),
      generation('4', 3, 5, 'building'),
    ];
    expect(decideActivation(generations, '4')).toEqual({ result: 'activated', dropped: ['2', '3'] });
  });

  it('is newer the later it was begun, by number and not by spelling', () => {
    const ids = ['9', '10', '1'].map((id) => generation(id, 1, 0, 'building'));
    expect(ids.toSorted(byNewest).map(({ id }) => id)).toEqual(['10', '9', '1']);
  });
});
