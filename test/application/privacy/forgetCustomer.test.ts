import { describe, expect, it } from 'vitest';
import { verify } from '../../../src/adapters/audit/verify.ts';
import { InMemoryKeyProvider } from '../../../src/adapters/memory/inMemoryKeyProvider.ts';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import type { KeyProvider } from '../../../src/application/ports/keyProvider.ts';
import { paymentMethodsByCustomer } from '../../../src/application/readModels/paymentMethodsByCustomer.ts';
import { Projections } from '../../../src/application/readModels/projections.ts';
import { Trail } from '../../../src/application/reading/trail.ts';
import { ana, anEncryptedMonolith, wish, wrapped } from './support.ts';

type Encrypted = Awaited<ReturnType<typeof anEncryptedMonolith>>;
const forget = { customer: ana, actor: 'dpo' };

describe('forgetting a customer', () => {
  it('makes the personal fields redacted for everybody, and records it without any of them', async () => {
    const { paymentMethods, store, stored, trail } = await anEncryptedMonolith();
    expect(await paymentMethods.history('pm_1')).toMatchObject({ state: { card: { last4: '4242' } } });
    expect(await paymentMethods.forgetCustomer(forget)).toEqual({
      outcome: 'forgotten',
      customer: { kind: 'customer', id: ana },
    });
    const { state, events } = await paymentMethods.history('pm_1');
    expect(state).toMatchObject({ status: 'attached', card: { last4: 'redacted', expMonth: 'redacted' } });
    expect(events.at(-1)?.event.data).toMatchObject({ card: { last4: 'redacted', fingerprint: 'redacted' } });
    expect(await trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached', 'CustomerForgotten']);
    expect((await stored.readStream(`customer-${ana}`))[0]).toMatchObject({
      data: '{"customer":{"kind":"customer","id":"cus_Ana"}}',
    });
    const customer = await new Trail({ eventStore: store }).customer(ana);
    expect(customer).toMatchObject({ state: { isForgotten: true }, paymentMethods: [{ card: { last4: 'redacted' } }] });
  });

  it('leaves a trail that verifies', async () => {
    const { paymentMethods, stored, store } = await anEncryptedMonolith();
    const before = (await stored.readHead()).hash;
    await paymentMethods.forgetCustomer(forget);
    expect(await verify(stored)).toMatchObject({ intact: true });
    expect(await verify(store)).toMatchObject({ intact: true });
    const [, second] = await stored.readStream('paymentMethod-pm_1');
    expect(second?.hash).toBe(before);
  });

  it('leaves other customers as they are', async () => {
    const { paymentMethods } = await anEncryptedMonolith();
    await paymentMethods.attach({ ...wish, paymentMethodId: 'pm_2', customer: 'cus_Ben' });
    await paymentMethods.forgetCustomer(forget);
    expect(await paymentMethods.history('pm_2')).toMatchObject({ state: { card: { last4: '4242' } } });
  });

  it('works for an account that acts as a customer', async () => {
    const { paymentMethods, store } = await anEncryptedMonolith();
    await paymentMethods.attach({ paymentMethodId: 'pm_3', customerAccount: 'acct_Ana', actor: 'user-7' });
    await paymentMethods.forgetCustomer({ customerAccount: 'acct_Ana', actor: 'dpo' });
    expect(await paymentMethods.history('pm_3')).toMatchObject({ state: { card: { last4: 'redacted' } } });
    const customer = await new Trail({ eventStore: store }).customer('acct_Ana');
    expect(customer).toMatchObject({ version: 1, state: { isForgotten: true } });
  });

  it('is recorded once, however often it is asked for, and by how many at once', async () => {
    const { paymentMethods, process, parts, trail } = await anEncryptedMonolith();
    await Promise.all([paymentMethods, process(parts), process(parts)].map((one) => one.forgetCustomer(forget)));
    expect((await paymentMethods.forgetCustomer(forget)).outcome).toBe('alreadyForgotten');
    expect((await trail()).filter((type) => type === 'CustomerForgotten')).toHaveLength(1);
  });

  it.each([
    ['there are no keys', 'there are no keys', ({ parts }: Encrypted) => ({ ...parts, keys: undefined })],
    [
      'nothing is encrypted',
      'the event store encrypts nothing',
      ({ parts, stored }: Encrypted) => ({ ...parts, eventStore: stored }),
    ],
    [
      'the keys are of another trail',
      'the keys are not of trail default',
      ({ parts }: Encrypted) => ({ ...parts, keys: new InMemoryKeyProvider({ trail: 'other' }) }),
    ],
  ])('is refused, and recorded by nobody, where %s', async (_, problem, change) => {
    const monolith = await anEncryptedMonolith();
    const { process, trail, keys } = monolith;
    await expect(process(change(monolith)).forgetCustomer(forget)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining(`${ana} cannot be forgotten: ${problem}`),
      details: { customer: ana },
    });
    expect(await trail()).not.toContain('CustomerForgotten');
    expect(await keys.obtain(ana)).not.toBeNull();
  });

  it('takes the host’s word for the keys where the store does not say which trail it is of', async () => {
    const { process, parts, store } = await anEncryptedMonolith();
    const { trail: _, ...nameless } = wrapped(store);
    const paymentMethods = process({ ...parts, eventStore: nameless });
    expect(await paymentMethods.forgetCustomer(forget)).toMatchObject({ outcome: 'forgotten' });
  });

  it('needs one customer', async () => {
    const { paymentMethods } = await anEncryptedMonolith();
    for (const input of [{ actor: 'dpo' }, { ...forget, customerAccount: 'acct_1' }, { ...forget, customer: 'x' }]) {
      await expect(paymentMethods.forgetCustomer(input)).rejects.toMatchObject({ code: 'INVALID_COMMAND' });
    }
  });
});

describe('a forgotten customer', () => {
  it('gets no new key: what comes later is recorded as redacted, in every process', async () => {
    const { paymentMethods, process, parts, stored, keys } = await anEncryptedMonolith();
    await paymentMethods.forgetCustomer(forget);
    await process(parts).attach({ ...wish, paymentMethodId: 'pm_2' });
    const [, attached] = await stored.readStream('paymentMethod-pm_2');
    expect(JSON.parse(attached?.data ?? '')).toMatchObject({ card: { last4: 'redacted', fingerprint: 'redacted' } });
    expect(await keys.obtain(ana)).toBeNull();
  });

  it('is not told of over and over, because Stripe still has what the trail has not', async () => {
    const { paymentMethods, trail, notifications, account, passes } = await anEncryptedMonolith();
    await paymentMethods.forgetCustomer(forget);
    const before = await trail();
    passes(60_000);
    for (let round = 1; round <= 2; round += 1) {
      await paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'support' });
      await paymentMethods.sweep({ customer: ana });
      for (const notification of await notifications()) await paymentMethods.ingest(notification);
    }
    expect(await trail()).toEqual(before);
    expect(account.effects).toHaveLength(1);
  });
});

describe('a read model of an encrypted trail', () => {
  it('never holds a personal field, so that it is the same before and after, and built anew', async () => {
    const { paymentMethods, store } = await anEncryptedMonolith();
    const readModels = new InMemoryReadModels();
    const projections = new Projections({ eventStore: store, readModels });
    const read = () => projections.read(paymentMethodsByCustomer, ana, { caughtUp: true });
    const before = await read();
    expect(JSON.stringify(before)).not.toContain('4242');
    expect(before).toMatchObject({
      paymentMethods: [{ status: 'attached', card: { brand: 'visa', last4: 'redacted' } }],
    });
    await paymentMethods.forgetCustomer(forget);
    expect(await read()).toEqual(before);
    await projections.rebuild(paymentMethodsByCustomer);
    expect(await read()).toEqual(before);
  });
});

describe('a crash while a customer is forgotten', () => {
  /** Every call to the keys and the store counts; one of them fails, before or after it took effect. */
  function failingAt(call: number, after: boolean) {
    let calls = 0;
    const around = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      calls += 1;
      if (calls !== call) return work();
      if (after) await work();
      throw new Error('crash');
    };
    const keys = (inner: KeyProvider): KeyProvider => ({
      trail: inner.trail,
      obtain: (customer) => around(() => inner.obtain(customer)),
      read: (customers) => around(() => inner.read(customers)),
      destroy: (customer) => around(() => inner.destroy(customer)),
    });
    const store = (inner: EventStore): EventStore =>
      wrapped(inner, {
        append: (appends) => around(() => inner.append(appends)),
        readStream: (...args) => around(() => inner.readStream(...args)),
        readHead: () => around(() => inner.readHead()),
      });
    return { keys, store, calls: () => calls };
  }

  it.each([false, true])('at any of its calls (after it took effect: %s) is mended by a repeat', async (after) => {
    let crashes = 0;
    for (let call = 1; ; call += 1) {
      const { process, parts, store, keys, trail, paymentMethods, stored } = await anEncryptedMonolith();
      const failing = failingAt(call, after);
      const crashing = process({ ...parts, eventStore: failing.store(store), keys: failing.keys(keys) });
      const outcome = await crashing.forgetCustomer(forget).then(
        () => 'done',
        () => 'crashed',
      );
      if (outcome === 'crashed') crashes += 1;
      // A trail that says forgotten never has a key to it.
      if ((await trail()).includes('CustomerForgotten')) expect(await keys.obtain(ana)).toBeNull();
      await paymentMethods.forgetCustomer(forget);
      expect(await keys.obtain(ana)).toBeNull();
      expect((await trail()).filter((type) => type === 'CustomerForgotten')).toHaveLength(1);
      expect(await verify(stored)).toMatchObject({ intact: true });
      if (call > failing.calls()) break;
    }
    expect(crashes).toBeGreaterThanOrEqual(3);
  });
});

describe('keys in memory', () => {
  it('are not shared by two providers, as two trails share none', async () => {
    expect(await new InMemoryKeyProvider().obtain(ana)).not.toEqual(await new InMemoryKeyProvider().obtain(ana));
  });
});
