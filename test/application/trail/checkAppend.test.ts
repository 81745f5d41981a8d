import { describe, expect, it } from 'vitest';
import type { NewEvent, StreamAppend } from '../../../src/application/ports/eventStore.ts';
import { checkAppend } from '../../../src/application/trail/checkAppend.ts';

const eventId = '5f0c6f0e-3d0a-4a52-9d2f-0d8f8f6f1c11';
const event: NewEvent = { eventId, type: 'SomethingHappened', data: '{"a":1}', metadata: '{}' };
const other = { ...event, eventId: '5f0c6f0e-3d0a-4a52-9d2f-0d8f8f6f1c12' };

function check(part: Partial<NewEvent> = {}, of: Partial<StreamAppend> = {}): void {
  checkAppend([{ stream: 'a-1', expectedVersion: 0, events: [{ ...event, ...part }], ...of }]);
}

/** A JSON object with arrays in one another, so deep in all, and no deeper. */
const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

describe('an append is taken', () => {
  it.each<[string, Partial<NewEvent>]>([
    ['a pair of surrogates, escaped', { data: '{"a":"\\ud834\\udd1e"}' }],
    ['a pair of surrogates in capitals', { data: '{"a":"\\uD834\\uDD1E"}' }],
    ['the last pair of surrogates', { data: '{"a":"\\udbff\\udfff"}' }],
    ['a pair of surrogates as it is', { data: '{"a":"𝄞"}' }],
    ['a backslash in front of what looks like a NUL', { data: '{"a":"\\\\u0000"}' }],
    ['a backslash in front of what looks like half a pair', { data: '{"a":"\\\\ud834"}' }],
    ['other escapes', { data: '{"a":"\\u0001 \\ud7ff \\ue000 \\n"}' }],
    ['500 levels', { data: nested(500) }],
    ['500 levels of objects', { data: `${'{"a":'.repeat(499)}{}${'}'.repeat(499)}` }],
    ['more brackets than levels', { data: `{"a":[${'[],{},'.repeat(600)}0]}` }],
    ['brackets in a text', { metadata: `{"a":"${'[{'.repeat(600)}"}` }],
    ['brackets behind a quotation mark in a text', { data: `{"a":"\\"${'['.repeat(600)}"}` }],
    ['256 K in all', { data: `{"a":"${'x'.repeat(256 * 1024 - 10)}"}`, metadata: '{}' }],
    ['a type of 100 characters', { type: 'A'.repeat(100) }],
    ['a type of one', { type: 'a' }],
    ['a type with digits and an underscore', { type: 'Attached_2' }],
  ])('with %s', (_, part) => {
    expect(() => {
      check(part);
    }).not.toThrow();
  });

  it.each(['a', 'x'.repeat(500), 'paymentMethod-pm_1/a.b:c', '7'])('to the stream %s', (stream) => {
    expect(() => {
      check({}, { stream });
    }).not.toThrow();
  });

  it('to several streams, of several events, each expected at a version or at any', () => {
    expect(() => {
      checkAppend([
        { stream: 'a-1', expectedVersion: 'any', events: [event, other] },
        { stream: 'a-2', expectedVersion: Number.MAX_SAFE_INTEGER, events: [event] },
      ]);
    }).not.toThrow();
  });
});

describe('an append is refused', () => {
  it.each<[string, Partial<NewEvent>, RegExp]>([
    ['a NUL', { data: '{"a":"\\u0000"}' }, /NUL or half a surrogate pair/],
    ['half a pair', { data: '{"a":"\\ud834"}' }, /NUL or half a surrogate pair/],
    ['half a pair in capitals', { data: '{"a":"\\uD834"}' }, /NUL or half a surrogate pair/],
    ['the later half alone', { data: '{"a":"\\udfff"}' }, /NUL or half a surrogate pair/],
    ['half a pair that is not escaped', { metadata: '{"a":"\ud834"}' }, /NUL or half a surrogate pair/],
    ['two halves the wrong way round', { data: '{"a":"\\udd1e\\ud834"}' }, /NUL or half a surrogate pair/],
    ['half a pair twice', { data: '{"a":"\\ud834\\ud834"}' }, /NUL or half a surrogate pair/],
    ['two halves around a pair', { data: '{"a":"\\ud834\\ud834\\udd1e\\udd1e"}' }, /NUL or half a surrogate pair/],
    ['two halves around two backslashes', { data: '{"a":"\\ud834\\\\udd1e"}' }, /NUL or half a surrogate pair/],
    ['501 levels', { data: nested(501) }, /nested 500 deep at most/],
    ['501 levels of objects', { data: `${'{"a":'.repeat(500)}{}${'}'.repeat(500)}` }, /nested 500 deep at most/],
    ['501 levels behind a text', { data: `{"a":"]","b":${nested(500)}}` }, /nested 500 deep at most/],
    ['501 levels between levels', { metadata: `{"b":[[]],"a":${nested(500)},"c":[]}` }, /nested 500 deep at most/],
    ['256 K and one', { data: `{"a":"${'x'.repeat(256 * 1024 - 9)}"}` }, /262144 characters at most/],
    ['256 K in metadata', { metadata: `{"a":"${'x'.repeat(256 * 1024)}"}` }, /262144 characters at most/],
    ['a text', { data: '"a"' }, /must be a JSON object/],
    ['a list of objects', { data: '[{"a":1}]' }, /must be a JSON object/],
    ['a space before the object', { data: ' {}' }, /must be a JSON object/],
    ['a space behind the object', { data: '{} ' }, /must be a JSON object/],
    ['two objects', { data: '{}{}' }, /must be a JSON object/],
    ['an id in capitals', { eventId: eventId.toUpperCase() }, /lower-case UUID/],
    ['an id and more before it', { eventId: `a${eventId}` }, /lower-case UUID/],
    ['an id and more behind it', { eventId: `${eventId}0` }, /lower-case UUID/],
    ['an id that is short', { eventId: eventId.slice(0, -1) }, /lower-case UUID/],
    ['no type', { type: '' }, /event type/],
    ['a type that begins with a digit', { type: '1A' }, /event type/],
    ['a type of 101 characters', { type: 'A'.repeat(101) }, /event type/],
    ['a type with a hyphen', { type: 'A-B' }, /event type/],
    ['a type in a line of its own', { type: 'A\n' }, /event type/],
  ])('with %s, naming the stream and the event', (_, part, message) => {
    const call = () => {
      check(part);
    };
    expect(call).toThrow(message);
    const details = { stream: 'a-1', eventId: part.eventId ?? eventId };
    expect(call).toThrow(expect.objectContaining({ code: 'EVENT_INVALID', details }));
  });

  it.each<[string, Partial<StreamAppend>, RegExp]>([
    ['to a stream without a name', { stream: '' }, /stream name/],
    ['to a stream of 501 characters', { stream: 'x'.repeat(501) }, /stream name/],
    ['to a stream with a space before it', { stream: ' a' }, /stream name/],
    ['to a stream with a line feed behind it', { stream: 'a\n' }, /stream name/],
    ['of no event', { events: [] }, /at least one event/],
    ['of an event twice', { events: [event, other, event] }, /event id stands twice/],
    ['expected at half a version', { expectedVersion: 0.5 }, /whole number from 0/],
    ['expected below version 0', { expectedVersion: -1 }, /whole number from 0/],
    ['expected beyond whole numbers', { expectedVersion: 2 ** 53 }, /whole number from 0/],
  ])('%s, naming the stream and no event', (_, of, message) => {
    const call = () => {
      check({}, of);
    };
    expect(call).toThrow(message);
    const details = { stream: (of.stream ?? 'a-1').slice(0, 100), eventId: '' };
    expect(call).toThrow(JSON.stringify(details.stream));
    expect(call).toThrow(expect.objectContaining({ code: 'EVENT_INVALID', details }));
  });

  it('to no stream, to a stream twice, and for what is bad in its second stream', () => {
    const append: StreamAppend = { stream: 'a-1', expectedVersion: 0, events: [event] };
    const check = (appends: readonly StreamAppend[]) => () => {
      checkAppend(appends);
    };
    expect(check([])).toThrow(expect.objectContaining({ details: { stream: '', eventId: '' } }));
    expect(check([])).toThrow('at least one stream');
    const twice = check([append, { ...append, events: [other] }]);
    expect(twice).toThrow('stands twice in one append');
    expect(twice).toThrow(expect.objectContaining({ details: { stream: 'a-1', eventId: '' } }));
    expect(check([append, { ...append, stream: 'b-1', events: [] }])).toThrow('"b-1"');
    expect(check([{ ...append, events: [event, { ...other, type: '' }] }])).toThrow('event type');
  });

  it('and its error carries no more than 100 characters of what it names', () => {
    const call = () => {
      check({ eventId: 'x'.repeat(5000) }, { stream: 's'.repeat(500) });
    };
    const details = { stream: 's'.repeat(100), eventId: 'x'.repeat(100) };
    expect(call).toThrow(expect.objectContaining({ code: 'EVENT_INVALID', details }));
  });
});
