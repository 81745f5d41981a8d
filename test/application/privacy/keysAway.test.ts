import { describe, expect, it, onTestFinished } from 'vitest';
import { verify } from '../../../src/adapters/audit/verify.ts';
import { InMemoryCheckpoints } from '../../../src/adapters/memory/inMemoryCheckpoints.ts';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import { systemTimers } from '../../../src/adapters/system/system.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import { paymentMethodsByCustomer } from '../../../src/application/readModels/paymentMethodsByCustomer.ts';
import { Projections } from '../../../src/application/readModels/projections.ts';
import { Subscriptions } from '../../../src/application/reading/subscriptions.ts';
import { Trail } from '../../../src/application/reading/trail.ts';
import { exportTrail } from '../../../src/application/trail/exportTrail.ts';
import type { PaymentMethodId } from '../../../src/domain/identifiers.ts';
import { until } from '../../support/until.ts';
import { aMonolithOfTwo, ana, away, ben, referenceTo, unreadable, wish, wrapped } from './support.ts';

const readable = { card: { last4: '4242' } };
async function lengthOf(items: AsyncIterable<unknown>): Promise<number> {
  let length = 0;
  for await (const _ of items) length += 1;
  return length;
}

describe('one key that does not open', () => {
  it('stops nobody who reads of another customer', async () => {
    const { fault, asked, store, paymentMethods } = await aMonolithOfTwo();
    fault.ofAna = unreadable;
    const trail = new Trail({ eventStore: store });
    expect(await paymentMethods.history('pm_2')).toMatchObject({ state: readable });
    expect(await trail.customer(ben)).toMatchObject({ paymentMethods: [readable] });
    expect(await lengthOf(trail.read({ customer: ben }))).toBe(2);
    expect(new Set(asked)).toEqual(new Set([ben]));
    expect(await lengthOf(trail.read({ types: ['AttachmentRequested'] }))).toBe(2);
  });

  it('stops no sweep, which says whose it is, and records what it finds of others', async () => {
    const { fault, gateway, trail, paymentMethods, passes } = await aMonolithOfTwo();
    fault.ofAna = unreadable;
    passes(60_000);
    for (const [id, customer] of [
      ['pm_3', ana],
      ['pm_4', ben],
    ] as const) {
      const paymentMethodId = id as PaymentMethodId;
      const keyed = { idempotencyKey: `theirs-${id}`, apiVersion: gateway.apiVersion };
      await gateway.attach({ ...keyed, paymentMethodId, customer: referenceTo(customer) });
    }
    const { errors, findings } = await paymentMethods.sweep();
    expect(new Set(errors.map(({ error }) => error))).toEqual(new Set([unreadable]));
    expect(findings).toMatchObject([{ finding: 'attachmentMissed', paymentMethodId: 'pm_4', customerId: ben }]);
    expect((await trail()).filter((type) => type === 'PaymentMethodAttached')).toHaveLength(3);
  });

  it('is named to whoever opens an event with it, at that event', async () => {
    const { fault, store, paymentMethods } = await aMonolithOfTwo();
    fault.ofAna = unreadable;
    await expect(paymentMethods.history('pm_1')).rejects.toBe(unreadable);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { position } of new Trail({ eventStore: store }).read()) seen.push(position);
    })();
    await expect(reading).rejects.toBe(unreadable);
    expect(seen).toEqual([1]);
  });
});

describe('keys that are away', () => {
  it('stop nobody who opens nothing: not a look at the trail, and not a decision', async () => {
    const { fault, asked, store, stored, paymentMethods, passes } = await aMonolithOfTwo();
    fault.all = away;
    expect(await verify(store)).toMatchObject({ intact: true });
    expect(await lengthOf(exportTrail(store))).toBe(4);
    const projections = new Projections({ eventStore: store, readModels: new InMemoryReadModels() });
    await projections.catchUp(paymentMethodsByCustomer);
    await paymentMethods.recover();
    expect(asked).toEqual([]);
    passes(60_000);
    expect(await paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'support' })).toMatchObject({
      outcome: 'attached',
      card: { last4: 'redacted' },
    });
    await paymentMethods.setDefault({ customer: ana, paymentMethodId: 'pm_1', actor: 'user-7' });
    expect(await paymentMethods.detach({ paymentMethodId: 'pm_1', actor: 'user-7' })).toMatchObject({
      outcome: 'detached',
    });
    expect(await verify(stored)).toMatchObject({ intact: true });
  });

  it('fail an attachment before Stripe is asked, and before anything is recorded', async () => {
    const { fault, trail, paymentMethods, posts } = await aMonolithOfTwo();
    fault.ofAna = unreadable;
    const [before, asked] = [await trail(), posts().length];
    const third = { ...wish, paymentMethodId: 'pm_3', attemptId: 'a-3' };
    await expect(paymentMethods.attach(third)).rejects.toMatchObject({ code: 'KEY_UNREADABLE' });
    expect([await trail(), posts().length]).toEqual([before, asked]);
    fault.ofAna = null;
    expect(await paymentMethods.attach(third)).toMatchObject({ outcome: 'attached', ...readable });
  });

  it('that go while Stripe is asked leave the attempt open, and it is finished once they are back', async () => {
    const { fault, process, parts, store, trail, effects } = await aMonolithOfTwo();
    const eventStore: EventStore = wrapped(store, {
      append: async (appends) => {
        const result = await store.append(appends);
        fault.ofAna = unreadable;
        return result;
      },
    });
    const third = { ...wish, paymentMethodId: 'pm_3', attemptId: 'a-3' };
    await expect(process({ ...parts, eventStore }).attach(third)).rejects.toMatchObject({
      code: 'OUTCOME_NOT_RECORDED',
      cause: expect.objectContaining({ code: 'KEY_UNREADABLE' }) as Error,
    });
    expect((await trail()).at(-1)).toBe('AttachmentRequested');
    fault.ofAna = null;
    expect(await process(parts).attach(third)).toMatchObject({ outcome: 'attached', ...readable });
    expect(effects()).toHaveLength(3);
  });

  it('do not matter where the customer is forgotten while Stripe is asked: the outcome is redacted', async () => {
    const { process, parts, store, keys, stored } = await aMonolithOfTwo();
    const eventStore = wrapped(store, {
      append: async (appends) => {
        const result = await store.append(appends);
        await keys.destroy(ana);
        return result;
      },
    });
    const third = { ...wish, paymentMethodId: 'pm_3' };
    expect(await process({ ...parts, eventStore }).attach(third)).toMatchObject({ outcome: 'attached' });
    const [, attached] = await stored.readStream('paymentMethod-pm_3');
    expect(attached?.data).not.toContain('"encrypted"');
  });
});

describe('a subscription to an encrypted trail', () => {
  async function following(fault: (monolith: Awaited<ReturnType<typeof aMonolithOfTwo>>) => void) {
    const monolith = await aMonolithOfTwo();
    fault(monolith);
    const [problems, stops, cards]: [unknown[], number[], unknown[]] = [[], [], []];
    const timers = { sleep: (ms: number, signal?: AbortSignal) => systemTimers.sleep(Math.min(ms, 1), signal) };
    const subscriptions = new Subscriptions({
      eventStore: monolith.store,
      checkpoints: new InMemoryCheckpoints(),
      timers,
    });
    const subscription = subscriptions.subscribe({
      consumer: 'mails',
      maxTries: 3,
      types: ['PaymentMethodAttached'],
      handle: ({ event }) => void cards.push(event.data.card?.last4),
      onProblem: (error) => problems.push(error),
      onStopped: ({ position }) => stops.push(position),
    });
    onTestFinished(() => subscription.close());
    return { ...monolith, subscriptions, problems, stops, cards };
  }

  it('waits for keys that are away, for as long as it takes, and hands over nothing redacted', async () => {
    const { fault, problems, stops, cards } = await following((monolith) => (monolith.fault.all = away));
    await until('it asked often', () => problems.length > 10);
    expect(cards).toEqual([]);
    fault.all = null;
    await until('it goes on', () => cards.length === 2);
    expect([cards, stops]).toEqual([['4242', '4242'], []]);
    expect(new Set(problems)).toEqual(new Set([away]));
  });

  it('stops at a key that does not open, after some tries, and goes on once it is told to', async () => {
    const { fault, problems, stops, cards, subscriptions } = await following(
      (monolith) => (monolith.fault.ofAna = unreadable),
    );
    await until('it stopped', () => stops.length === 1);
    expect([problems.length, stops, cards]).toEqual([3, [2], []]);
    fault.ofAna = null;
    await subscriptions.resume('mails', { position: 2 });
    await until('it goes on', () => cards.length === 2);
  });
});
