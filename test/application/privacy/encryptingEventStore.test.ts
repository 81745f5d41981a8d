import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { verify } from '../../../src/adapters/audit/verify.ts';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { InMemoryKeyProvider } from '../../../src/adapters/memory/inMemoryKeyProvider.ts';
import { aesFieldCipher } from '../../../src/adapters/privacy/aesFieldCipher.ts';
import { decodeClosed, decodeEvent, EventCodec } from '../../../src/application/events/eventCodec.ts';
import { EncryptingEventStore } from '../../../src/application/privacy/encryptingEventStore.ts';
import type { EncryptedGroup } from '../../../src/application/privacy/fieldPolicy.ts';
import { exportTrail } from '../../../src/application/trail/exportTrail.ts';
import { eventStoreContract } from '../../../src/testing/eventStoreContract.ts';
import { evidence, pm } from '../../domain/given.ts';
import {
  ana,
  anAttachedEvent,
  anEncryptedTrail,
  appendTo,
  ben,
  billingDetails,
  card,
  encoded,
  keysOf,
  personalTexts,
  redactedCard,
  referenceTo,
  stream,
  wrapped,
} from './support.ts';

describe('an encrypting event store keeps the promises of an event store', () => {
  const stores = new Map<string, InMemoryEventStore>();
  const makeStore = async (trail?: string) => {
    const kept = trail === undefined ? undefined : stores.get(trail);
    const stored = kept ?? new InMemoryEventStore(trail === undefined ? {} : { trail });
    if (trail !== undefined) stores.set(trail, stored);
    return anEncryptedTrail({ stored }).store;
  };
  for (const { name, run } of eventStoreContract(makeStore)) it(name, run);
});

describe('what stands in the trail', () => {
  it('has every personal field encrypted, and says the same to whoever has the keys', async () => {
    const { store, stored } = anEncryptedTrail();
    await appendTo(store, encoded(anAttachedEvent()));
    const text = JSON.stringify(await stored.readStream(stream));
    for (const personal of personalTexts) expect(text).not.toContain(personal);
    const [record] = await store.readStream(stream);
    expect(record && decodeEvent(record).event).toEqual(anAttachedEvent());
  });

  it('reads as redacted to whoever has no keys, and to what is kept outside the trail', async () => {
    const { store, stored } = anEncryptedTrail();
    await appendTo(store, encoded(anAttachedEvent()));
    const redacted = { billingDetails: 'redacted', card: redactedCard };
    const [plain] = await stored.readStream(stream);
    expect(plain && decodeEvent(plain).event.data).toMatchObject(redacted);
    const [opened] = await store.readStream(stream);
    expect(opened && decodeClosed(opened).event.data).toMatchObject(redacted);
  });

  it('is encrypted in the groups that the host chose alone', async () => {
    const { store, stored } = anEncryptedTrail({ groups: ['fingerprint'] });
    await appendTo(store, encoded(anAttachedEvent({ billingDetails: undefined })));
    const [plain] = await stored.readStream(stream);
    expect(plain && decodeEvent(plain).event.data).toMatchObject({ card: { ...card, fingerprint: 'redacted' } });
  });

  it('is another text each time, of a length that tells short texts not apart', async () => {
    const { store, stored } = anEncryptedTrail();
    const months = [1, 12].map((expMonth) => anAttachedEvent({ card: card && { ...card, expMonth } }));
    for (const [version, event] of [...months, ...months].entries()) await appendTo(store, encoded(event), version);
    const texts = (await stored.readStream(stream)).map(({ data }) => ciphertext(data, 'expMonth'));
    expect(new Set(texts).size).toBe(4);
    expect(new Set(texts.map((text) => text.length))).toEqual(new Set([80]));
  });

  it('verifies, and is exported as it is stored, also through the keys', async () => {
    const { store, stored } = anEncryptedTrail();
    await appendTo(store, encoded(anAttachedEvent()));
    expect(await verify(store)).toMatchObject({ intact: true });
    expect(await collect(exportTrail(store))).toEqual(await collect(exportTrail(stored)));
  });

  it('holds redacted where an event names no customer, whose key it could be', async () => {
    const { store, stored } = anEncryptedTrail();
    const { customer: _, attemptId: __, clonedFrom: ___, ...summary } = dataOf(anAttachedEvent());
    const event = { type: 'PaymentMethodUpdated', data: { ...summary, customer: null, evidence } } as const;
    await appendTo(store, encoded(event));
    const [plain] = await stored.readStream(stream);
    expect(JSON.parse(plain?.data ?? '')).toMatchObject({ billingDetails: 'redacted', card: redactedCard });
  });

  it('takes what it was given, whatever the caller makes of its objects while the keys are asked for', async () => {
    const { store } = anEncryptedTrail();
    const event = { ...encoded(anAttachedEvent()) };
    const appending = appendTo(store, event);
    event.data = '{}';
    await appending;
    const [record] = await store.readStream(stream);
    expect(record && decodeEvent(record).event).toEqual(anAttachedEvent());
  });

  it('is there after a close that came while the keys were asked for, and nothing is taken behind it', async () => {
    const { store, stored } = anEncryptedTrail();
    const appending = appendTo(store, encoded(anAttachedEvent()));
    await store.close();
    expect(await appending).toMatchObject({ result: 'appended' });
    await expect(appendTo(store, encoded(anAttachedEvent()), 1)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    expect(await stored.readStream(stream)).toHaveLength(1);
  });

  it('costs no look at the keys where nothing is encrypted', async () => {
    const keys = new InMemoryKeyProvider();
    const looks: string[] = [];
    const counting = {
      trail: keys.trail,
      obtain: async (customer: string) => (looks.push(customer), keys.obtain(customer)),
      read: async (customers: readonly string[]) => (looks.push(...customers), keys.read(customers)),
      destroy: (customer: string) => keys.destroy(customer),
    };
    const { store } = anEncryptedTrail({ keys: counting });
    const { type, ...data } = encoded(anAttachedEvent());
    await appendTo(store, { ...data, type: 'SomethingHappened' });
    await collect(store.readTrail());
    expect([looks, type]).toEqual([[], 'PaymentMethodAttached']);
    await appendTo(store, encoded(anAttachedEvent()), 1);
    await collect(store.readTrail());
    // What is there of a key, the making of it, and a reader.
    expect(looks).toEqual([ana, ana, ana]);
    await collect(store.readTrail({ opens: () => false }));
    await store.readStream(stream, { opens: () => false });
    expect(looks).toHaveLength(3);
    await store.readStream(stream, { opens: ({ version }) => version === 2 });
    expect(looks).toHaveLength(4);
  });

  it('refuses to be made with no group, or one that is none', () => {
    const { stored: eventStore, keys } = anEncryptedTrail();
    const make = (encrypts: readonly string[]) =>
      new EncryptingEventStore({
        eventStore,
        keys,
        cipher: aesFieldCipher,
        encrypts: encrypts as readonly EncryptedGroup[],
      });
    for (const encrypts of [[], ['everything'], ['card', 'everything'], ['constructor']]) {
      expect(() => make(encrypts)).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
    }
  });
});

describe('a ciphertext', () => {
  type Moved = { readonly stream: string; readonly eventId: string; readonly data: string; readonly metadata: string };

  /** An event as it is stored, put into a new trail as it is or elsewhere, and read there with the same keys. */
  async function moved(change: (from: Moved) => Partial<Moved>, trail = 'default') {
    const from = anEncryptedTrail();
    await appendTo(from.store, encoded(anAttachedEvent()));
    const [recorded] = await from.stored.readStream(stream);
    if (recorded === undefined) throw new TypeError(stream);
    const { type, metadata, eventId, data } = recorded;
    // The same keys for both customers, and in the other trail: the place alone is another.
    const key = await from.keys.obtain(ana);
    if (key === null) throw new TypeError(ana);
    const keys = keysOf(trail, { [ana]: { status: 'readable', ...key }, [ben]: { status: 'readable', ...key } });
    const to = anEncryptedTrail({ stored: new InMemoryEventStore({ trail }), keys });
    const put = { stream, eventId, data, metadata, ...change({ stream, eventId, data, metadata }) };
    await appendTo(to.stored, { ...put, type }, 0, put.stream);
    const [found] = await to.store.readStream(put.stream);
    return () => JSON.parse(found?.open?.() ?? '{}') as unknown;
  }

  it('opens where it was made', async () => {
    expect((await moved(() => ({})))()).toEqual(anAttachedEvent().data);
  });

  it.each([
    ['stream', () => ({ stream: 'paymentMethod-pm_2' })],
    ['event', () => ({ eventId: '5f0c6f0e-3d0a-4a52-9d2f-0d8f8f6f1c12' })],
    ['customer', ({ data }: Moved) => ({ data: data.replaceAll(ana, ben) })],
    ['version', ({ metadata }: Moved) => ({ metadata: metadata.replace('"schemaVersion":1', '"schemaVersion":2') })],
    [
      'field',
      ({ data }: Moved) => {
        const [one, other] = [ciphertext(data, 'expMonth'), ciphertext(data, 'expYear')];
        return { data: data.replace(one, '?').replace(other, one).replace('?', other) };
      },
    ],
  ])('does not open in another %s', async (_, change) => {
    expect(await moved(change)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }));
  });

  it('does not open in another trail', async () => {
    expect(await moved(() => ({}), 'other')).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }));
  });

  it('that was written by an earlier release opens for ever', async () => {
    const golden = { keyId: goldenKeyId, key: Buffer.alloc(32, 7) };
    const keys = keysOf('default', { [ana]: { status: 'readable', ...golden } });
    const { store, stored } = anEncryptedTrail({ keys });
    const event = encoded(anAttachedEvent(), '5f0c6f0e-3d0a-4a52-9d2f-0d8f8f6f1c11');
    const data = JSON.parse(event.data) as Record<string, unknown>;
    await appendTo(stored, {
      ...event,
      data: JSON.stringify({ ...data, billingDetails: { encrypted: goldenCiphertext, key: goldenKeyId } }),
    });
    const [record] = await store.readStream(stream);
    expect(record && decodeEvent(record).event).toEqual(anAttachedEvent());
  });
});

describe('the keys of another trail', () => {
  it('are refused where the store says which trail it is of', () => {
    const stored = new InMemoryEventStore({ trail: 'eu' });
    const make = () => anEncryptedTrail({ stored, keys: new InMemoryKeyProvider() });
    expect(make).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', details: { expected: 'default', actual: 'eu' } }),
    );
  });

  it('are refused before anything is recorded under them, where only its events say so', async () => {
    const { trail: _, ...eu } = wrapped(new InMemoryEventStore({ trail: 'eu' }));
    await anEncryptedTrail({ stored: eu, keys: new InMemoryKeyProvider({ trail: 'eu' }) }).store.append([
      { stream, expectedVersion: 0, events: [encoded(anAttachedEvent())] },
    ]);
    const { store } = anEncryptedTrail({ stored: eu, keys: new InMemoryKeyProvider() });
    await expect(appendTo(store, encoded(anAttachedEvent()), 1)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(await eu.readHead()).toMatchObject({ position: 1 });
  });
});

describe('an event of an older version', () => {
  /** Since then the card was renamed, and the address of a bill moved into a list. */
  const codec = new EventCodec({
    PaymentMethodAttached: {
      version: 2,
      schema: z.object({ instrument: z.object({ last4: z.string() }), bills: z.array(z.unknown()) }),
      upcasters: [
        (data) => {
          const { card: instrument, billingDetails: bill } = data as Record<string, unknown>;
          return { instrument, bills: [bill] };
        },
      ],
    },
  });

  it('is opened, or redacted, where its fields stood when it was written', async () => {
    const { store, stored } = anEncryptedTrail();
    await appendTo(store, encoded(anAttachedEvent()));
    const [opened] = await store.readStream(stream);
    const [closed] = await stored.readStream(stream);
    expect(opened && codec.decode(opened).event.data).toEqual({
      instrument: { last4: '4242' },
      bills: [billingDetails],
    });
    expect(closed && codec.decode(closed).event.data).toEqual({
      instrument: { last4: 'redacted' },
      bills: ['redacted'],
    });
  });
});

describe('an append that races with the destruction of its customer’s key', () => {
  it('leaves a text that nobody opens, and makes no new key', async () => {
    const { store, stored, keys, through } = anEncryptedTrail({ stored: new InMemoryEventStore() });
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const slow = wrapped(stored, { append: async (appends) => (await held, stored.append(appends)) });
    const racing = appendTo(anEncryptedTrail({ stored: slow, keys }).store, encoded(anAttachedEvent()));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await keys.destroy(ana);
    letGo();
    await racing;
    await appendTo(store, encoded(anAttachedEvent()), 1);
    for (const reader of [store, through(keys), stored]) {
      for (const record of await reader.readStream(stream)) {
        expect(decodeEvent(record).event.data).toMatchObject({ billingDetails: 'redacted', card: redactedCard });
      }
    }
    const [raced, later] = await stored.readStream(stream);
    expect(raced?.data).toContain('"encrypted"');
    expect(later?.data).not.toContain('"encrypted"');
    expect(await keys.obtain(ana)).toBeNull();
  });

  it('opens nothing behind the destruction to a reader that read the event after it', async () => {
    const { store, stored, keys } = anEncryptedTrail();
    await appendTo(store, encoded(anAttachedEvent()));
    await appendTo(store, encoded(anAttachedEvent({ customer: referenceTo(ben) })), 0, 'b');
    // The key goes after the events were read, and before the keys are asked for.
    const destroying = wrapped(stored, {
      async *readTrail(options) {
        yield* await collect(stored.readTrail(options));
        await keys.destroy(ana);
      },
    });
    const records = await collect(anEncryptedTrail({ stored: destroying, keys }).store.readTrail());
    const details = records.map((record) => dataOf(decodeEvent(record).event as ReturnType<typeof anAttachedEvent>));
    expect(details.map((data) => data.billingDetails)).toEqual(['redacted', billingDetails]);
  });
});

const goldenKeyId = 'AAECAwQFBgcICQoL';
const goldenCiphertext =
  'ozK-LcODyNr0btaGtJIJeIkBMy-ECesFXEprtZFXMoDYCXMgv3CAn3wEcU6q9eLImPHwNYjDz2iiZ6QYi8RGHbfv37Hoic33d1PpU7q20FcIvFAdrDBMmMRyofS2XsYLgWSbBUc97-Pspn59mW1Qz_ExsBdDoM7DPcD9aoUjxF5MlGYFlRyawdlEriljZLlR0_wMvaFOrYSR9Qrb-m_P0OYks-y0PehYZgvbPPSCbXsFO8VP8MHiWkWtpHWK6QkJrIyfTPZnDLq9rK1dbf4N95j72p5TWGGIl-8_4g';

function ciphertext(data: string, field: string): string {
  return new RegExp(`"${field}":\\{"encrypted":"([^"]+)"`).exec(data)?.[1] ?? '';
}

function dataOf(event: ReturnType<typeof anAttachedEvent>) {
  if (event.type !== 'PaymentMethodAttached') throw new TypeError(`${event.type} of ${pm}`);
  return event.data;
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
