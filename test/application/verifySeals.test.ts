import { describe, expect, it } from 'vitest';
import { verify } from '../../src/adapters/audit/index.ts';
import { aSealKey, sealsAt } from '../support/sealing.ts';
import { aTrail, chained, changed, viewOf } from '../support/trailView.ts';

const key = aSealKey();
const publicKeys = { [key.keyId]: key.publicKey };

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
