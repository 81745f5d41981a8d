import { describe, expect, it } from 'vitest';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { InMemoryKeyProvider } from '../../../src/adapters/memory/inMemoryKeyProvider.ts';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import type { ReadTrailOptions } from '../../../src/application/ports/eventStore.ts';
import type { KeyProvider } from '../../../src/application/ports/keyProvider.ts';
import { evidence } from '../../domain/given.ts';
import { gatewayWith, hour, settled } from '../support.ts';
import {
  ana,
  anAttachedEvent,
  anEncryptedMonolith,
  anEncryptedTrail,
  appendTo,
  ben,
  encoded,
  keysOf,
  personalTexts,
  redactedCard,
  referenceTo,
  stream,
  wish,
  wrapped,
} from './support.ts';

/** Keys in memory, and whose were looked for, and made. */
function noted() {
  const keys = new InMemoryKeyProvider();
  const [read, obtained]: [unknown[], unknown[]] = [[], []];
  const provider: KeyProvider = {
    trail: keys.trail,
    read: (customers) => (read.push(...customers), keys.read(customers)),
    obtain: (customer) => (obtained.push(customer), keys.obtain(customer)),
    destroy: (customer) => keys.destroy(customer),
  };
  return { keys, provider, read, obtained };
}

/** Of a customer, and nothing of a person. */
const plain = () => {
  const data = JSON.stringify({ customer: referenceTo(ben) });
  return { ...encoded(anAttachedEvent()), type: 'SomethingHappened', data };
};

describe('the keys to what is recorded', () => {
  it('are asked for once, and of those customers alone of whom something personal is recorded', async () => {
    const { provider, read, obtained } = noted();
    const { store, stored } = anEncryptedTrail({ keys: provider });
    await store.append([
      { stream, expectedVersion: 0, events: [encoded(anAttachedEvent()), plain(), encoded(anAttachedEvent())] },
      { stream: 'other', expectedVersion: 0, events: [plain()] },
    ]);
    expect([read, obtained]).toEqual([[ana], [ana]]);
    const events = await stored.readStream(stream);
    expect(events.map(({ data }) => data.includes('"encrypted"'))).toEqual([true, false, true]);
    for (const personal of personalTexts) expect(JSON.stringify(events)).not.toContain(personal);
  });

  it('are asked for by nobody where an event names no customer, or the store is closed', async () => {
    const { provider, read, obtained } = noted();
    const { store } = anEncryptedTrail({ keys: provider });
    const { data } = anAttachedEvent() as Extract<
      ReturnType<typeof anAttachedEvent>,
      { type: 'PaymentMethodAttached' }
    >;
    const { attemptId: _, clonedFrom: __, ...summary } = data;
    const updated = { type: 'PaymentMethodUpdated', data: { ...summary, customer: null, evidence } } as const;
    await appendTo(store, encoded(updated));
    await store.close();
    const closed = { code: 'STORE_CLOSED', message: expect.stringContaining('closed') };
    await expect(appendTo(store, encoded(anAttachedEvent()), 1)).rejects.toMatchObject(closed);
    expect([read, obtained]).toEqual([[], []]);
  });

  it('are of the store’s trail: its first event is looked at, once, and of a store that says its trail none', async () => {
    const inner = new InMemoryEventStore();
    const looks: (ReadTrailOptions | undefined)[] = [];
    const looked = wrapped(inner, { readTrail: (options) => (looks.push(options), inner.readTrail(options)) });
    const { trail: _, ...nameless } = looked;
    const first = anEncryptedTrail({ stored: nameless, keys: new InMemoryKeyProvider() }).store;
    await appendTo(first, encoded(anAttachedEvent()));
    await appendTo(first, encoded(anAttachedEvent()), 1);
    await appendTo(first, encoded(anAttachedEvent()), 2);
    expect(looks).toEqual([{ upTo: 1 }, { upTo: 1 }]);
    await appendTo(anEncryptedTrail({ stored: looked }).store, encoded(anAttachedEvent()), 3);
    expect(looks).toHaveLength(2);
  });

  it('that do not open fail the append with what is wrong with them, and nothing is recorded', async () => {
    const error = new PaymentMethodsError('KEY_UNREADABLE', 'Master key m1 is not among those given.');
    const { store, stored } = anEncryptedTrail({ keys: keysOf('default', { [ana]: { status: 'unreadable', error } }) });
    await expect(appendTo(store, encoded(anAttachedEvent()))).rejects.toBe(error);
    expect(await stored.readHead()).toMatchObject({ position: 0 });
  });

  it('are there before Stripe is asked again, under another key of its own', async () => {
    const monolith = await anEncryptedMonolith();
    const never = () => new Promise<never>(() => {});
    const gateway = gatewayWith(monolith.gateway, { attach: never, lookUp: never });
    void monolith.process({ ...monolith.parts, gateway }).attach({ ...wish, paymentMethodId: 'pm_2' });
    await settled();
    monolith.passes(25 * hour);
    const error = new PaymentMethodsError('KEY_UNREADABLE', 'Master key m1 is not among those given.');
    const keys = keysOf('default', { [ana]: { status: 'unreadable', error } });
    const { store: eventStore } = anEncryptedTrail({ stored: monolith.stored, keys, groups: ['card'] });
    const [before, asked] = [await monolith.trail(), monolith.posts().length];
    const report = await monolith.process({ ...monolith.parts, eventStore, keys }).recover();
    expect(report).toMatchObject({ looked: 1, errors: [{ error }] });
    expect([await monolith.trail(), monolith.posts().length]).toEqual([before, asked]);
  });

  it('are made for a customer of whom other things were recorded before', async () => {
    const monolith = await anEncryptedMonolith();
    await monolith.paymentMethods.setDefault(wish);
    const keys = new InMemoryKeyProvider();
    const { store: eventStore } = anEncryptedTrail({ stored: monolith.stored, keys, groups: ['card'] });
    const paymentMethods = monolith.process({ ...monolith.parts, eventStore, keys });
    await paymentMethods.attach({ ...wish, paymentMethodId: 'pm_2' });
    expect(await keys.obtain(ana)).not.toBeNull();
    expect(await paymentMethods.history('pm_2')).toMatchObject({ state: { card: { last4: '4242' } } });
  });
});

it('what is redacted already stays so, and is not encrypted as if there were something to read', async () => {
  const { store, stored } = anEncryptedTrail();
  await appendTo(store, encoded(anAttachedEvent({ billingDetails: 'redacted', card: redactedCard as never })));
  const [event] = await stored.readStream(stream);
  expect(JSON.parse(event?.data ?? '')).toMatchObject({ billingDetails: 'redacted', card: redactedCard });
});
