import { describe, expect, it } from 'vitest';
import { verify } from '../../../src/adapters/audit/index.ts';
import { aSealKey, sealsAt } from '../../support/sealing.ts';
import { aTrail, chained, changed, eventAt, viewOf } from '../../support/trailView.ts';

const key = aSealKey();
const publicKeys = { [key.keyId]: key.publicKey };
const notIntact = { intact: false, events: 0 } as const;

describe('verify tells what it expected and what it found', () => {
  it('where the trail ends before its head', async () => {
    const { events, head } = await aTrail(7);
    expect(await verify(viewOf({ events: events.slice(0, 5), head }))).toEqual({
      intact: false,
      events: 5,
      position: 6,
      problem: 'headMismatch',
      expected: 'a head at 7',
      actual: 'an end at 5',
    });
  });

  it('where an event stands beyond the head', async () => {
    const { events } = await aTrail(7);
    const head = { position: 5, hash: eventAt(events, 5).hash };
    expect(await verify(viewOf({ events, head }))).toEqual({
      intact: false,
      events: 5,
      position: 6,
      problem: 'headMismatch',
      expected: 'a head at 5',
      actual: 'an event beyond it',
    });
  });

  it('where a seal is beyond the end, from the beginning and from that seal', async () => {
    const trail = await aTrail(12);
    const seals = await sealsAt(trail, [9], key);
    const cut = viewOf(chained(trail.events.slice(0, 6)));
    const found = {
      position: 7,
      problem: 'sealBeyondEnd',
      expected: 'a seal at 9',
      actual: 'an end at 6',
    };
    expect(await verify(cut, { seals, publicKeys })).toEqual({ intact: false, events: 6, ...found });
    expect(await verify(cut, { after: seals[0], publicKeys })).toEqual({ ...notIntact, ...found });
  });

  it('where a version is not the next one of its stream', async () => {
    const trail = await aTrail(12);
    expect(await verify(viewOf(chained(changed(trail, 8, { version: 5 }).events)))).toEqual({
      intact: false,
      events: 7,
      position: 8,
      problem: 'versionOutOfOrder',
      expected: '2',
      actual: '5',
    });
  });

  it('where there is no event at the seal that it starts from', async () => {
    const trail = await aTrail(12);
    const [after] = await sealsAt(trail, [8], key);
    const view = viewOf({ ...trail, events: trail.events.slice(0, 5) });
    expect(await verify(view, { after, publicKeys })).toEqual({
      ...notIntact,
      position: 7,
      problem: 'headMismatch',
      expected: 'a head at 12',
      actual: 'an end at 6',
    });
  });

  it('where there are keys, and no seal at all; without keys there need be none', async () => {
    const trail = viewOf(await aTrail(3));
    expect(await verify(trail, { seals: [], publicKeys })).toEqual({
      ...notIntact,
      position: 0,
      problem: 'sealMissing',
      expected: 'a seal',
      actual: 'none',
    });
    expect(await verify(trail, { seals: [], publicKeys: {} })).toMatchObject({ intact: true, sealedUpTo: 0 });
  });

  it('where a seal is of a key that was not given, and where its signature is another’s', async () => {
    const trail = await aTrail(4);
    const seals = await sealsAt(trail, [4], key);
    const two = { 'key-1': key.publicKey, 'key-2': key.publicKey };
    expect(await verify(viewOf(trail), { seals, publicKeys: two })).toEqual({
      ...notIntact,
      position: 4,
      problem: 'sealKeyUnknown',
      expected: 'one of key-1, key-2',
      actual: key.keyId,
    });
    const others = { [key.keyId]: aSealKey().publicKey };
    expect(await verify(viewOf(trail), { seals, publicKeys: others })).toEqual({
      ...notIntact,
      position: 4,
      problem: 'sealSignatureInvalid',
      expected: `a signature with key ${key.keyId}`,
      actual: seals[0]?.signature,
    });
  });
});

describe('verify, while the trail grows', () => {
  it('takes the events that came after it had read the last one for what they are: later', async () => {
    const whole = await aTrail(7);
    const head = { position: 6, hash: eventAt(whole.events, 6).hash };
    const heads = [head, whole.head];
    const readHead = async () => heads.shift() ?? head;
    const view = viewOf({ events: whole.events.slice(0, 6), head });
    expect(await verify({ ...view, readHead })).toMatchObject({ intact: true, events: 6, hash: head.hash });
  });
});

describe('verify, from a seal', () => {
  it('at the end of the trail checks the sealed event alone', async () => {
    const trail = await aTrail(12);
    const [after] = await sealsAt(trail, [12], key);
    expect(await verify(viewOf(trail), { after, publicKeys })).toMatchObject({
      intact: true,
      events: 1,
      sealedUpTo: 12,
    });
  });

  it('counts from there what was good, and what is done', async () => {
    const trail = await aTrail(1005);
    const [after] = await sealsAt(trail, [4], key);
    const seen: unknown[] = [];
    const onProgress = (progress: unknown) => seen.push(progress);
    expect(await verify(viewOf(trail), { after, publicKeys, onProgress })).toMatchObject({ events: 1002 });
    expect(seen).toEqual([997, 1002].map((checked) => ({ checked, head: 1005 })));
    const tampered = viewOf(changed(trail, 15, { data: '{}' }));
    expect(await verify(tampered, { after, publicKeys })).toMatchObject({ position: 15, events: 11 });
    const cut = viewOf({ ...trail, events: trail.events.slice(0, 20) });
    expect(await verify(cut, { after, publicKeys })).toMatchObject({ position: 21, events: 17 });
  });

  it('finds a stream that begins behind it with another version than its first', async () => {
    const { events } = await aTrail(10);
    const late = { ...eventAt(events, 10), position: 11, stream: 'new-1', version: 5 };
    const trail = chained([...events, late]);
    const [after] = await sealsAt(trail, [8], key);
    expect(await verify(viewOf(trail), { after, publicKeys })).toMatchObject({
      position: 11,
      problem: 'versionOutOfOrder',
      expected: '1',
      actual: '5',
    });
  });
});
