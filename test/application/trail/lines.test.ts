import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../../src/application/ports/eventStore.ts';
import type { Seal } from '../../../src/application/ports/sealSink.ts';
import { parseLine, toLine } from '../../../src/application/trail/exportTrail.ts';
import { hashInput } from '../../../src/application/trail/hashInput.ts';
import { parseSeal, parseSealLine, sealInput, toSealLine } from '../../../src/application/trail/seals.ts';

const event: RecordedEvent = {
  trail: 'default',
  position: 7,
  stream: 'a-1',
  version: 2,
  eventId: '5f0c6f0e-3d0a-4a52-9d2f-0d8f8f6f1c11',
  type: 'SomethingHappened',
  data: '{"a": 1.0, "b": "\u2028\u2029"}',
  metadata: '{ }',
  recordedAt: '2025-11-23T12:00:00.000001Z',
  hash: 'ab'.repeat(32),
};
const seal: Seal = {
  format: 'attach-payment-method/seal/1',
  trail: 'acct_1:a.b-c',
  position: 7,
  hash: 'ab'.repeat(32),
  sealedAt: '2025-11-23T12:00:00.000Z',
  keyId: 'kms:key/1',
  signature: 'cd'.repeat(64),
};

describe('a line of an export', () => {
  it('is the event, in one order of fields, and is read back', () => {
    const reversed = Object.fromEntries(Object.entries(event).reverse()) as unknown as RecordedEvent;
    const line = toLine({ ...reversed, open: () => 'in the clear' });
    expect(line).toBe(toLine(event));
    expect(line).toContain('\\u2028\\u2029');
    expect(parseLine(line)).toEqual(event);
  });

  it.each(Object.keys(event))('is none without its %s, nor with something else there', (field) => {
    const { [field as keyof RecordedEvent]: _, ...rest } = event;
    expect(parseLine(JSON.stringify(rest))).toBeUndefined();
    expect(parseLine(toLine({ ...event, [field]: true }))).toBeUndefined();
  });

  it.each([
    ['with a field more', JSON.stringify({ ...event, note: 'x' })],
    ['with a space', `${toLine(event)} `],
    ['with half a position', toLine({ ...event, position: 7.5 })],
    ['with half a version', toLine({ ...event, version: 2.5 })],
    ['with a hash in capitals', toLine({ ...event, hash: 'AB'.repeat(32) })],
    ['with a hash that is short', toLine({ ...event, hash: 'ab' })],
    ['with a hash that is long', toLine({ ...event, hash: 'ab'.repeat(33) })],
    ['that is no JSON', 'event'],
    ['of nothing', 'null'],
  ])('is none %s', (_, line) => {
    expect(parseLine(line)).toBeUndefined();
  });
});

describe('a line of a seal', () => {
  it('is the seal, in one order of fields, and is read back', () => {
    const reversed = Object.fromEntries(Object.entries(seal).reverse()) as unknown as Seal;
    expect(toSealLine(reversed)).toBe(toSealLine(seal));
    expect(parseSealLine(toSealLine(seal), seal.trail)).toEqual(seal);
  });

  it('of another trail is found to be so, at the position it names', () => {
    expect(parseSealLine(toSealLine(seal), 'default')).toEqual({
      position: 7,
      problem: 'sealOfAnotherTrail',
      expected: 'default',
      actual: seal.trail,
    });
  });

  it.each([
    ['in another spelling', `${toSealLine(seal)} `, 7],
    ['without a signature', JSON.stringify({ position: 7 }), 7],
    ['at half a position', JSON.stringify({ ...seal, position: 7.5 }), 0],
    ['at a position that is a text', JSON.stringify({ ...seal, position: '7' }), 0],
    ['at no position', JSON.stringify({ trail: 'default' }), 0],
    ['that is no JSON', 'seal', 0],
    ['of nothing', 'null', 0],
    ['of a text', '"seal"', 0],
  ])('%s is none, and is found at the position that it names', (_, line, position) => {
    expect(parseSealLine(line, seal.trail)).toEqual({
      position,
      problem: 'sealInvalid',
      expected: 'a seal',
      actual: line,
    });
  });
});

describe('a seal', () => {
  it.each<[string, object]>([
    ['a trail of 200 characters', { trail: 'x'.repeat(200) }],
    ['a trail of one', { trail: 'x' }],
    ['a key id of 200 characters', { keyId: 'x'.repeat(200) }],
    ['a key id of one', { keyId: 'x' }],
    ['the first position', { position: 1 }],
  ])('may have %s', (_, part) => {
    expect(parseSeal({ ...seal, ...part })).toEqual({ ...seal, ...part });
  });

  it.each<[string, object]>([
    ['no trail', { trail: '' }],
    ['a trail of 201 characters', { trail: 'x'.repeat(201) }],
    ['a trail with a slash', { trail: 'a/b' }],
    ['a trail with a line feed behind it', { trail: 'a\n' }],
    ['a trail with a space before it', { trail: ' a' }],
    ['no key id', { keyId: '' }],
    ['a key id of 201 characters', { keyId: 'x'.repeat(201) }],
    ['a key id with a space before it', { keyId: ' a' }],
    ['a key id with a line feed behind it', { keyId: 'a\n' }],
    ['position 0', { position: 0 }],
    ['half a position', { position: 1.5 }],
    ['a hash with more before it', { hash: `0${seal.hash}` }],
    ['a hash with more behind it', { hash: `${seal.hash}0` }],
    ['a hash in capitals', { hash: 'AB'.repeat(32) }],
    ['a signature with more before it', { signature: `0${seal.signature}` }],
    ['a signature with more behind it', { signature: `${seal.signature}0` }],
    ['an instant without milliseconds', { sealedAt: '2025-11-23T12:00:00Z' }],
    ['an instant of one millisecond digit', { sealedAt: '2025-11-23T12:00:00.0Z' }],
    ['an instant with more before it', { sealedAt: `2${seal.sealedAt}` }],
    ['an instant with more behind it', { sealedAt: `${seal.sealedAt}Z` }],
    ['an instant with letters in it', { sealedAt: 'yyyy-mm-ddThh:mm:ss.lllZ' }],
  ])('cannot have %s', (_, part) => {
    expect(parseSeal({ ...seal, ...part })).toBeUndefined();
  });

  it.each([
    'YYYY-11-23T12:00:00.000Z',
    '2025-M1-23T12:00:00.000Z',
    '2025-1M-23T12:00:00.000Z',
    '2025-11-D3T12:00:00.000Z',
    '2025-11-2DT12:00:00.000Z',
    '2025-11-23Th2:00:00.000Z',
    '2025-11-23T1h:00:00.000Z',
    '2025-11-23T12:m0:00.000Z',
    '2025-11-23T12:0m:00.000Z',
    '2025-11-23T12:00:s0.000Z',
    '2025-11-23T12:00:0s.000Z',
    '2025-11-23T12:00:00.lllZ',
  ])('cannot have been made at %s', (sealedAt) => {
    expect(parseSeal({ ...seal, sealedAt })).toBeUndefined();
  });

  it.each(Object.keys(seal))('is none without its %s', (field) => {
    const { [field as keyof Seal]: _, ...rest } = seal;
    expect(parseSeal(rest)).toBeUndefined();
  });

  it('is signed over its six fields, joined by U+001F', () => {
    expect(sealInput(seal).split('\u001f')).toEqual([
      'attach-payment-method/seal/1',
      'acct_1:a.b-c',
      '7',
      seal.hash,
      seal.sealedAt,
      'kms:key/1',
    ]);
  });
});

it('an event is hashed over the format’s name and nine fields, joined by U+001F', () => {
  expect(hashInput(event).split('\u001f')).toEqual([
    'attach-payment-method/1',
    'default',
    '7',
    'a-1',
    '2',
    event.eventId,
    'SomethingHappened',
    event.recordedAt,
    event.data,
    event.metadata,
  ]);
});
