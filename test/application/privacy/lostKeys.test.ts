import { describe, expect, it } from 'vitest';
import { InMemoryKeyProvider } from '../../../src/adapters/memory/inMemoryKeyProvider.ts';
import { Trail } from '../../../src/application/reading/trail.ts';
import { ana, anEncryptedMonolith, anEncryptedTrail, ben, keysOf, wish } from './support.ts';

const redacted = { card: { brand: 'visa', last4: 'redacted', fingerprint: 'redacted' } };
const readable = { card: { brand: 'visa', last4: '4242' } };

/** The same trail after its database was restored without the keys. */
async function withoutKeys(monolith: Awaited<ReturnType<typeof anEncryptedMonolith>>) {
  const keys = new InMemoryKeyProvider();
  const { store } = anEncryptedTrail({ stored: monolith.stored, keys, groups: ['card', 'fingerprint'] });
  const parts = { ...monolith.parts, eventStore: store, keys };
  return { store, keys, parts, paymentMethods: monolith.process(parts) };
}

describe('a key that was lost', () => {
  it('leaves redacted behind, and nothing throws: not before another one is made, and not after', async () => {
    const monolith = await anEncryptedMonolith();
    const { store, keys, paymentMethods } = await withoutKeys(monolith);
    const trail = new Trail({ eventStore: store });
    for (const round of ['before', 'after']) {
      expect(await paymentMethods.history('pm_1'), round).toMatchObject({ state: redacted });
      expect(await trail.customer(ana)).toMatchObject({
        paymentMethods: [redacted, ...(round === 'after' ? [readable] : [])],
      });
      monolith.passes(60_000);
      expect(await paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'support' })).toMatchObject(redacted);
      expect(await paymentMethods.attach({ ...wish, customer: ben })).toMatchObject({ outcome: 'rejected' });
      await paymentMethods.sweep({ customer: ana });
      // The first event since then brings another key.
      expect(await paymentMethods.attach({ ...wish, paymentMethodId: 'pm_2' })).toMatchObject(readable);
      expect((await keys.obtain(ana))?.keyId).not.toBe((await monolith.keys.obtain(ana))?.keyId);
    }
    expect(await paymentMethods.detach({ paymentMethodId: 'pm_1', actor: 'user-7' })).toMatchObject({
      outcome: 'detached',
    });
    // What was recorded under either key is read by whoever has that one.
    expect(await monolith.paymentMethods.history('pm_2')).toMatchObject({ state: redacted });
    expect(await paymentMethods.history('pm_2')).toMatchObject({ state: readable });
  });

  it('is made anew for nobody whom the trail says forgotten, and that is kept with the keys again', async () => {
    const monolith = await anEncryptedMonolith();
    await monolith.paymentMethods.forgetCustomer({ customer: ana, actor: 'dpo' });
    const { keys, paymentMethods, store } = await withoutKeys(monolith);
    await paymentMethods.attach({ ...wish, paymentMethodId: 'pm_2' });
    expect(await paymentMethods.history('pm_2')).toMatchObject({ state: redacted });
    expect((await keys.read([ana])).get(ana)).toEqual({ status: 'destroyed' });
    const [, attached] = await store.readStream('paymentMethod-pm_2');
    expect(attached?.data).not.toContain('"encrypted"');
  });
});

describe('a ciphertext that was made by somebody else, under the id of the customer’s key', () => {
  it('keeps nobody from deciding, and is named to whoever reads it', async () => {
    const { process, parts, stored, keys } = await anEncryptedMonolith();
    const { keyId } = (await keys.obtain(ana)) ?? { keyId: '' };
    const other = keysOf('default', { [ana]: { status: 'readable', keyId, key: Buffer.alloc(32, 1) } });
    const eventStore = anEncryptedTrail({ stored, keys: other, groups: ['card', 'fingerprint'] }).store;
    const paymentMethods = process({ ...parts, eventStore });
    expect(await paymentMethods.attach({ ...wish, customer: ben })).toMatchObject({ outcome: 'rejected' });
    expect(await paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'support' })).toMatchObject(redacted);
    await expect(paymentMethods.history('pm_1')).rejects.toMatchObject({
      code: 'EVENT_INVALID',
      details: { type: 'PaymentMethodAttached', path: 'card.last4' },
    });
    expect(await paymentMethods.detach({ paymentMethodId: 'pm_1', actor: 'user-7' })).toMatchObject({
      outcome: 'detached',
    });
  });
});
