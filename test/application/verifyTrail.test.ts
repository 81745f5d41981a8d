import { describe, expect, it } from 'vitest';
import { verify } from '../../src/adapters/audit/index.ts';
import { genesisHash } from '../../src/application/trail/hashInput.ts';
import { aTrail, chained, eventAt, viewOf } from '../support/trailView.ts';

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
