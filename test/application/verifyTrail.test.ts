import { describe, expect, it } from 'vitest';
import { verify } from '../../src/adapters/audit/index.ts';
import { genesisHash } from '../../src/application/hashInput.ts';
import type { RecordedEvent } from '../../src/application/ports/eventStore.ts';
import { aSealKey, sealsAt } from '../support/sealing.ts';
import type { Trail } from '../support/trailView.ts';
import { aTrail, chained, eventAt, viewOf } from '../support/trailView.ts';

const key = aSealKey();
const publicKeys = { [key.keyId]: key.publicKey };

/** The trail with one event changed, hashes as they were. */
function changed({ events, head }: Trail, position: number, part: Partial<RecordedEvent>): Trail {
  return { events: events.map((event) => (event.position === position ? { ...event, ...part } : event)), head };
}

describe('verify, from the beginning', () => {
  it('says of an intact trail how many events it checked, the last hash, and that none is sealed', async () => {
    const trail = await aTrail(7);
    expect(await verify(viewOf(trail))).toEqual({ intact: true, events: 7, hash: trail.head.hash, sealedUpTo: 0 });
  });

  it('hashes long texts of many bytes a character as well as short ones', async () => {
    const { events } = await aTrail(3);
    const long = { ...eventAt(events, 2), data: JSON.stringify({ text: '𝄞é€'.repeat(60_000) }) };
    const trail = chained(events.with(1, long));
    expect(await verify(viewOf(trail))).toMatchObject({ intact: true, events: 3 });
  });

  it('finds an empty trail intact', async () => {
    const head = { position: 0, hash: genesisHash };
    expect(await verify(viewOf({ events: [], head }))).toEqual({
      intact: true,
      events: 0,
      hash: genesisHash,
      sealedUpTo: 0,
    });
  });

  it('finds an event that stands beyond the head, though its hash fits', async () => {
    const { events } = await aTrail(7);
    const head = { position: 6, hash: eventAt(events, 6).hash };
    expect(await verify(viewOf({ events, head }))).toMatchObject({
      intact: false,
      position: 7,
      problem: 'headMismatch',
    });
  });

  it('finds an event that is put beyond the head while it runs', async () => {
    const whole = await aTrail(7);
    const trail = { events: whole.events.slice(0, 6), head: { position: 6, hash: eventAt(whole.events, 6).hash } };
    const view = viewOf(trail);
    const readTrail = () => {
      trail.events = whole.events;
      return view.readTrail();
    };
    expect(await verify({ ...view, readTrail })).toMatchObject({ position: 7, problem: 'headMismatch' });
  });

  it('lets the trail grow meanwhile, and checks what it comes across', async () => {
    const whole = await aTrail(7);
    const trail = { events: whole.events.slice(0, 6), head: { position: 6, hash: eventAt(whole.events, 6).hash } };
    const view = viewOf(trail);
    const readTrail = () => {
      Object.assign(trail, whole);
      return view.readTrail();
    };
    const readHead = async () => trail.head;
    expect(await verify({ ...view, readTrail, readHead })).toMatchObject({ intact: true, events: 7 });
  });

  it.each([
    ['moved back', 3, 3],
    ['emptied', 0, 1],
    ['below zero', -5, 1],
    ['moved on', 8, 8],
  ])('finds a head that was %s', async (_, position, found) => {
    const { events, head } = await aTrail(7);
    const verified = await verify(viewOf({ events, head: { ...head, position } }));
    expect(verified).toMatchObject({ intact: false, position: found, problem: 'headMismatch', events: found - 1 });
  });

  it('finds a head that is moved back while it runs', async () => {
    const { events, head } = await aTrail(7);
    const heads = [head, { position: 6, hash: eventAt(events, 6).hash }];
    const readHead = async () => heads.shift() ?? head;
    expect(await verify({ ...viewOf({ events, head }), readHead })).toMatchObject({
      position: 7,
      problem: 'headMismatch',
    });
  });

  it.each([7, 0])('finds a head at position %i with another hash', async (length) => {
    const { events } = await aTrail(length);
    const head = { position: length, hash: 'f'.repeat(64) };
    const verified = await verify(viewOf({ events, head }));
    expect(verified).toMatchObject({ intact: false, position: length, problem: 'headMismatch' });
  });

  it('finds an event that was put before the first position', async () => {
    const trail = await aTrail(7);
    const forged = { ...eventAt(trail.events, 1), position: 0, stream: 'b-1' };
    const verified = await verify(viewOf({ ...trail, events: [forged, ...trail.events] }));
    expect(verified).toMatchObject({ position: 1, problem: 'positionOutOfOrder', expected: '1', actual: '0' });
  });

  it('reports its progress every thousand events, and at the end', async () => {
    const seen: unknown[] = [];
    await verify(viewOf(await aTrail(2001)), { onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([1000, 2000, 2001].map((checked) => ({ checked, head: 2001 })));
  });

  it('gives up when it is told to, with the reason it is given', async () => {
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('enough'));
    const call = verify(viewOf(await aTrail(2001)), { onProgress, signal: stop.signal });
    await expect(call).rejects.toThrow('enough');
  });
});

describe('verify, against seals', () => {
  it('says up to where the trail is sealed', async () => {
    const trail = await aTrail(12);
    const seals = await sealsAt(trail, [4, 9], key);
    expect(await verify(viewOf(trail), { seals, publicKeys })).toMatchObject({
      intact: true,
      events: 12,
      sealedUpTo: 9,
    });
  });

  it('reads them from a sink as well', async () => {
    const trail = await aTrail(12);
    const seals = await sealsAt(trail, [4, 9], key);
    const read = async function* (name: string) {
      yield* seals.filter((seal) => seal.trail === name);
    };
    expect(await verify(viewOf(trail), { seals: { read }, publicKeys })).toMatchObject({ sealedUpTo: 9 });
  });

  it('finds a tail that was cut off, with the head moved back to fit', async () => {
    const trail = await aTrail(12);
    const seals = await sealsAt(trail, [4, 9], key);
    const cut = chained(trail.events.slice(0, 6));
    expect(await verify(viewOf(cut))).toMatchObject({ intact: true });
    const verified = await verify(viewOf(cut), { seals, publicKeys });
    expect(verified).toMatchObject({ intact: false, events: 6, position: 7, problem: 'sealBeyondEnd' });
  });

  it('finds a trail that was rewritten with all its hashes and the head', async () => {
    const trail = await aTrail(12);
    const seals = await sealsAt(trail, [4, 9], key);
    const rewritten = chained(changed(trail, 6, { data: '{"n":"other"}' }).events);
    expect(await verify(viewOf(rewritten))).toMatchObject({ intact: true });
    const verified = await verify(viewOf(rewritten), { seals, publicKeys });
    expect(verified).toMatchObject({ intact: false, events: 8, position: 9, problem: 'sealMismatch' });
  });

  it('finds nothing in a tail that was cut off after the last seal: that much is not proved', async () => {
    const trail = await aTrail(12);
    const seals = await sealsAt(trail, [4, 9], key);
    const verified = await verify(viewOf(chained(trail.events.slice(0, 10))), { seals, publicKeys });
    expect(verified).toMatchObject({ intact: true, events: 10, sealedUpTo: 9 });
  });

  it('finds two seals of one position that name two hashes', async () => {
    const trail = await aTrail(12);
    const other = chained(changed(trail, 2, { data: '{}' }).events);
    const seals = [...(await sealsAt(other, [4], key)), ...(await sealsAt(trail, [4], key))];
    const verified = await verify(viewOf(trail), { seals, publicKeys });
    expect(verified).toMatchObject({ intact: false, position: 4, problem: 'sealMismatch' });
  });

  it.each([
    ['a signature over something else', { sealedAt: '2025-11-23T12:00:00.001Z' }, 'sealSignatureInvalid'],
    ['a hash over something else', { hash: 'f'.repeat(64) }, 'sealSignatureInvalid'],
    ['another position', { position: 5 }, 'sealSignatureInvalid'],
    ['a signature that is none', { signature: '0'.repeat(128) }, 'sealSignatureInvalid'],
    ['a signature in capitals', { signature: 'AB'.repeat(64) }, 'sealInvalid'],
    ['a signature too short', { signature: 'ab' }, 'sealInvalid'],
    ['a key that was not given', { keyId: 'key-2' }, 'sealKeyUnknown'],
    ['the name of what every object has for a key', { keyId: 'constructor' }, 'sealKeyUnknown'],
    ['another trail', { trail: 'acct_2' }, 'sealOfAnotherTrail'],
    ['another format', { format: 'attach-payment-method/seal/2' }, 'sealInvalid'],
    ['a separator inside a field', { keyId: 'key\u001f1' }, 'sealInvalid'],
    ['a field too many', { note: 'x' }, 'sealInvalid'],
  ])('finds a seal with %s', async (_, part, problem) => {
    const trail = await aTrail(12);
    const [first, second] = await sealsAt(trail, [4, 9], key);
    const seals = [first, { ...second, ...part }] as Awaited<ReturnType<typeof sealsAt>>;
    const position = 'position' in part ? part.position : 9;
    expect(await verify(viewOf(trail), { seals, publicKeys })).toMatchObject({ intact: false, position, problem });
  });

  it('takes seals of an old key beside those of a new one, as long as both public keys are given', async () => {
    const trail = await aTrail(12);
    const next = aSealKey();
    const seals = [...(await sealsAt(trail, [4], key)), ...(await sealsAt(trail, [9], next))];
    const both = { ...publicKeys, [next.keyId]: next.publicKey };
    expect(await verify(viewOf(trail), { seals, publicKeys: both })).toMatchObject({ intact: true, sealedUpTo: 9 });
    const verified = await verify(viewOf(trail), { seals, publicKeys: { [next.keyId]: next.publicKey } });
    expect(verified).toMatchObject({ position: 4, problem: 'sealKeyUnknown', actual: key.keyId });
  });

  it('refuses to guess what a public key that is no Ed25519 key is for', async () => {
    const trail = await aTrail(4);
    const seals = await sealsAt(trail, [4], key);
    const call = verify(viewOf(trail), { seals, publicKeys: { [key.keyId]: 'no key' } });
    await expect(call).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});

describe('verify, from a seal', () => {
  async function sealed() {
    const trail = await aTrail(20, 3);
    const [after] = await sealsAt(trail, [8], key);
    return { trail, options: { after, publicKeys } };
  }

  it('checks the sealed event and all after it, and nothing before', async () => {
    const { trail, options } = await sealed();
    const verified = await verify(viewOf(changed(trail, 3, { data: '{}' })), options);
    expect(verified).toEqual({ intact: true, events: 13, hash: trail.head.hash, sealedUpTo: 8 });
  });

  it('starts from the very first event as well', async () => {
    const { trail } = await sealed();
    const [after] = await sealsAt(trail, [1], key);
    expect(await verify(viewOf(trail), { after, publicKeys })).toMatchObject({ intact: true, events: 20 });
  });

  it.each([
    ['the sealed event', 8, { data: '{}' }, 8, 'hashMismatch'],
    ['the hash of the sealed event', 8, { hash: 'f'.repeat(64) }, 8, 'hashMismatch'],
    ['the hash before it', 7, { hash: 'f'.repeat(64) }, 8, 'hashMismatch'],
    ['an event after it', 15, { type: 'Other' }, 15, 'hashMismatch'],
    ['the version of an event after it', 15, { version: 9 }, 15, 'versionOutOfOrder'],
    ['the position of the event before it', 7, { position: 70 }, 7, 'positionOutOfOrder'],
  ])('finds %s changed', async (_, at, part, position, problem) => {
    const { trail, options } = await sealed();
    const verified = await verify(viewOf(changed(trail, at, part)), options);
    expect(verified).toMatchObject({ intact: false, position, problem });
  });

  it('finds a trail that was rewritten before the seal', async () => {
    const { trail, options } = await sealed();
    const rewritten = chained(changed(trail, 3, { data: '{}' }).events);
    expect(await verify(viewOf(rewritten), options)).toMatchObject({ position: 8, problem: 'sealMismatch' });
  });

  it('finds a trail that ends before it', async () => {
    const { trail, options } = await sealed();
    const verified = await verify(viewOf(chained(trail.events.slice(0, 5))), options);
    expect(verified).toMatchObject({ position: 6, problem: 'sealBeyondEnd' });
  });

  it('finds a trail whose events end before it, whatever the head says', async () => {
    const { trail, options } = await sealed();
    const verified = await verify(viewOf({ ...trail, events: trail.events.slice(0, 5) }), options);
    expect(verified).toMatchObject({ position: 7, problem: 'headMismatch' });
  });

  it('checks the seal itself', async () => {
    const { trail, options } = await sealed();
    const verified = await verify(viewOf(trail), { ...options, publicKeys: {} });
    expect(verified).toMatchObject({ position: 8, problem: 'sealKeyUnknown' });
  });

  it('looks a stream up once, when it is met with a version after its first', async () => {
    const { events } = await aTrail(20, 3);
    const late = { ...eventAt(events, 20), position: 21, stream: 'new-1', version: 1 };
    const trail = chained([...events, late, { ...late, position: 22, version: 2 }]);
    const [after] = await sealsAt(trail, [8], key);
    const asked: string[] = [];
    const view = viewOf(trail);
    const readStream: typeof view.readStream = (stream, options) => {
      asked.push(`${stream} up to position ${options?.upToPosition}`);
      return view.readStream(stream, options);
    };
    expect(await verify({ ...view, readStream }, { after, publicKeys })).toMatchObject({ intact: true, events: 15 });
    expect(asked).toEqual(['a-1', 'a-2', 'a-0'].map((stream) => `${stream} up to position 7`));
  });
});
