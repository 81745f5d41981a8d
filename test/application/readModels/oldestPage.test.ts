import { describe, expect, it } from 'vitest';
import { OldestPage } from '../../../src/application/readModels/oldestPage.ts';
import type { OpenStream } from '../../../src/application/readModels/openAttempts.ts';
import { byAge } from '../../../src/application/readModels/openAttempts.ts';

const far = '9999-01-01T00:00:00.000Z';
const at = (minute: number) => `2025-11-23T12:0${minute}:00.000Z`;
const open = (stream: string, minute: number): OpenStream => ({ stream, since: at(minute), requests: [] });

/** The names on a page of at most so many, of these streams in this order. */
function page(
  limit: number,
  streams: readonly OpenStream[],
  asked: Partial<{ after: OpenStream; before: string }> = {},
) {
  const { after, before: requestedBefore = far } = asked;
  const oldest = new OldestPage({ requestedBefore, limit, after });
  for (const one of streams) oldest.put(one);
  return oldest.streams.map(({ stream }) => stream).join('');
}

describe('a page of the oldest', () => {
  const all = [open('c', 3), open('a', 1), open('d', 4), open('b', 2)];

  it.each([
    [0, ''],
    [1, 'a'],
    [2, 'ab'],
    [4, 'abcd'],
    [9, 'abcd'],
  ])('of at most %i is in order, whatever it was put in: %s', (limit, names) => {
    expect(page(limit, all)).toBe(names);
    expect(page(limit, all.toReversed())).toBe(names);
    expect(page(limit, all.toSorted(byAge))).toBe(names);
    expect(page(limit, all.toSorted(byAge).toReversed())).toBe(names);
  });

  it('has those of one instant in the order of their names', () => {
    expect(page(3, [open('b', 1), open('a', 2), open('c', 1), open('a', 1)])).toBe('abc');
    expect(page(2, [open('b', 1), open('c', 1), open('a', 1)])).toBe('ab');
  });

  it('begins behind the last of the page before', () => {
    expect(page(9, all, { after: open('b', 2) })).toBe('cd');
    expect(page(9, all, { after: open('a', 2) })).toBe('bcd');
    expect(page(9, all, { after: open('c', 2) })).toBe('cd');
  });

  it('has none that is as young as asked, or younger', () => {
    expect(page(9, all, { before: at(3) })).toBe('ab');
  });
});

it('age is by instant, and then by name', () => {
  expect(byAge(open('a', 1), open('a', 1))).toBe(0);
  expect(byAge(open('z', 1), open('a', 2))).toBeLessThan(0);
  expect(byAge(open('a', 2), open('z', 1))).toBeGreaterThan(0);
  expect(byAge(open('b', 1), open('a', 1))).toBeGreaterThan(0);
});
