import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ed25519Signer, sealTrail } from '../../src/adapters/audit/index.ts';
import { InMemoryEventStore } from '../../src/adapters/memory/inMemoryEventStore.ts';
import { append } from '../../src/testing/eventStore/support.ts';
import { aMemorySink, aSealKey, clock, sealsAt } from '../support/sealing.ts';
import { aTrail, chained, eventAt, viewOf } from '../support/trailView.ts';

const key = aSealKey();
const signer = ed25519Signer(key.privateKey);

describe('sealTrail', () => {
  it('signs the head, and puts the seal into the sink', async () => {
    const trail = await aTrail(7);
    const sink = aMemorySink();
    const { result, seal } = await sealTrail({ store: viewOf(trail), signer, sink, clock });
    expect({ result, seal }).toEqual({
      result: 'sealed',
      seal: {
        format: 'attach-payment-method/seal/1',
        trail: 'default',
        position: 7,
        hash: trail.head.hash,
        sealedAt: '2025-11-23T12:00:00.000Z',
        keyId: key.keyId,
        signature: expect.stringMatching(/^[0-9a-f]{128}$/),
      },
    });
    expect(sink.seals).toEqual([seal]);
  });

  it('signs the bytes that docs/seals.md says', async () => {
    const trail = await aTrail(7);
    const [seal] = await sealsAt(trail, [7], key);
    const text = `attach-payment-method/seal/1\u001fdefault\u001f7\u001f${trail.head.hash}\u001f2025-11-23T12:00:00.000Z\u001f${key.keyId}`;
    const signature = Buffer.from(seal?.signature ?? '', 'hex');
    expect(verifySignature(null, Buffer.from(text), createPublicKey(key.publicKey), signature)).toBe(true);
  });

  it('writes nothing while nothing is appended, and seals again once something is', async () => {
    const store = new InMemoryEventStore();
    const sink = aMemorySink();
    const seal = () => sealTrail({ store, signer, sink, clock });
    expect(await seal()).toEqual({ result: 'unchanged', seal: null });
    await append(store, 'a-1', 0);
    expect(await seal()).toMatchObject({ result: 'sealed', seal: { position: 1 } });
    expect(await seal()).toMatchObject({ result: 'unchanged', seal: { position: 1 } });
    await append(store, 'a-1', 1);
    expect(await seal()).toMatchObject({ result: 'sealed', seal: { position: 2 } });
    expect(sink.seals.map(({ position }) => position)).toEqual([1, 2]);
  });

  it('goes by the seal of the highest position, though another was written after it', async () => {
    const trail = await aTrail(7);
    const sink = aMemorySink([...(await sealsAt(trail, [6], key)), ...(await sealsAt(trail, [4], key))]);
    const cut = chained(trail.events.slice(0, 5));
    const call = sealTrail({ store: viewOf(cut), signer, sink, clock });
    await expect(call).rejects.toMatchObject({ details: { problem: 'sealBeyondEnd', position: 6 } });
  });

  it('asks the sink for its last seal, and for no other', async () => {
    const trail = await aTrail(7);
    const sink = aMemorySink([...(await sealsAt(trail, [2, 5], key))]);
    const read = () => {
      throw new Error('all seals were asked for');
    };
    expect(await sealTrail({ store: viewOf(trail), signer, sink: { ...sink, read }, clock })).toMatchObject({
      result: 'sealed',
      seal: { position: 7 },
    });
  });

  it('seals each trail for itself', async () => {
    const store = new InMemoryEventStore({ trail: 'acct_1' });
    await append(store, 'a-1', 0);
    const sink = aMemorySink([...(await sealsAt(await aTrail(7), [7], key))]);
    expect(await sealTrail({ store, signer, sink, clock, trail: 'acct_1' })).toMatchObject({
      result: 'sealed',
      seal: { trail: 'acct_1', position: 1 },
    });
  });
});

describe('sealTrail refuses, writes nothing, and says why', () => {
  async function sealedTrail() {
    const trail = await aTrail(7);
    return { trail, sink: aMemorySink([...(await sealsAt(trail, [5], key))]) };
  }

  it.each([
    ['when the head went back behind the last seal', 4, 'sealBeyondEnd', 5],
    ['when the trail is empty again', 0, 'sealBeyondEnd', 5],
  ])('%s', async (_, length, problem, position) => {
    const { trail, sink } = await sealedTrail();
    const cut = chained(trail.events.slice(0, length));
    const call = sealTrail({ store: viewOf(cut), signer, sink, clock });
    await expect(call).rejects.toMatchObject({
      code: 'SEAL_REFUSED',
      details: { problem, position, expected: 'a head at 5 or after', actual: String(length) },
      message: expect.stringMatching(
        `${problem} at position 5; expected a head at 5 or after, found ${length}.*run verify`,
      ),
    });
    expect(sink.seals).toHaveLength(1);
  });

  it.each([
    ['longer', 7],
    ['as long', 5],
  ])('when another event stands where the last seal was made, the trail being %s', async (_, length) => {
    const { trail, sink } = await sealedTrail();
    const events = trail.events.slice(0, length).with(1, { ...eventAt(trail.events, 2), data: '{}' });
    const call = sealTrail({ store: viewOf(chained(events)), signer, sink, clock });
    await expect(call).rejects.toMatchObject({
      code: 'SEAL_REFUSED',
      details: { trail: 'default', problem: 'sealMismatch', position: 5, expected: eventAt(trail.events, 5).hash },
    });
    expect(sink.seals).toHaveLength(1);
  });

  it.each([
    ['there is no event at the head', { position: 8 }, 8],
    ['the event at the head has another hash', { hash: 'f'.repeat(64) }, 7],
  ])('when %s', async (_, part, position) => {
    const { trail, sink } = await sealedTrail();
    const store = viewOf({ ...trail, head: { ...trail.head, ...part } });
    const call = sealTrail({ store, signer, sink, clock });
    await expect(call).rejects.toMatchObject({ code: 'SEAL_REFUSED', details: { problem: 'headMismatch', position } });
    expect(sink.seals).toHaveLength(1);
  });

  it.each([
    ['the last seal was made', 5, 'sealMismatch'],
    ['the head is', 7, 'headMismatch'],
  ])('when there is no event where %s', async (_, position, problem) => {
    const { trail, sink } = await sealedTrail();
    const events = trail.events.filter((event) => event.position !== position);
    const call = sealTrail({ store: viewOf({ ...trail, events }), signer, sink, clock });
    await expect(call).rejects.toMatchObject({
      code: 'SEAL_REFUSED',
      details: { problem, position, expected: eventAt(trail.events, position).hash, actual: 'no event' },
    });
  });

  it('when the store reads another trail', async () => {
    const call = sealTrail({ store: viewOf(await aTrail(7)), signer, sink: aMemorySink(), clock, trail: 'acct_1' });
    await expect(call).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      details: { expected: 'acct_1', actual: 'default' },
      message: expect.stringMatching(/reads trail default, and trail acct_1 /),
    });
  });

  it.each([
    ['makes something other than 64 bytes', { keyId: 'key-1', sign: async () => new Uint8Array(70) }],
    ['has a key id that a seal cannot carry', { ...signer, keyId: 'key 1' }],
  ])('when the signer %s', async (_, odd) => {
    const sink = aMemorySink();
    const call = sealTrail({ store: viewOf(await aTrail(7)), signer: odd, sink, clock });
    await expect(call).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      details: { keyId: odd.keyId },
      message: expect.stringContaining(`key id "${odd.keyId}" made`),
    });
    expect(sink.seals).toEqual([]);
  });
});
