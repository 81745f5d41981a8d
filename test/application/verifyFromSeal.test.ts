import { describe, expect, it } from 'vitest';
import { verify } from '../../src/adapters/audit/index.ts';
import { aSealKey, sealsAt } from '../support/sealing.ts';
import { aTrail, chained, changed, eventAt, viewOf } from '../support/trailView.ts';

const key = aSealKey();
const publicKeys = { [key.keyId]: key.publicKey };

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

  it('finds a version changed, well hashed, in the first event after it of a stream that began before it', async () => {
    const { trail, options } = await sealed();
    for (const [at, version] of [
      [9, 4],
      [10, 2],
      [11, 9],
    ] as const) {
      const rewritten = chained(changed(trail, at, { version }).events);
      expect(await verify(viewOf(rewritten), options)).toMatchObject({ position: at, problem: 'versionOutOfOrder' });
    }
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
