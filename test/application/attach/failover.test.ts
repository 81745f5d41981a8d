import { describe, expect, it } from 'vitest';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { aMonolith, ana, decoded, dyingBeforeDefault, failingOver, gatewayWith, settled } from '../support.ts';

const named = { ...ana, attemptId: 'checkout-9', setAsDefault: true };

const evidence = { source: 'response', requestId: null, tries: [] } as const;

const typesOf = async (store: InMemoryEventStore) => (await decoded(store)).map(({ event }) => event.type);

describe('an attach whose intent a failover takes', () => {
  it('is recorded again with its wish for the default, in one append', async () => {
    const monolith = aMonolith();
    const standby = new InMemoryEventStore();
    const failedOver = monolith.process({ eventStore: failingOver(monolith.store, standby) });
    expect(await failedOver.attach(named)).toMatchObject({ outcome: 'attached', setAsDefault: { outcome: 'set' } });
    expect(await typesOf(standby)).toEqual([
      'AttachmentRequested',
      'DefaultPaymentMethodWished',
      'PaymentMethodAttached',
      'DefaultPaymentMethodRequested',
      'DefaultPaymentMethodSet',
    ]);
  });

  it('has its wish carried out by recover, where the process dies before it asks for the default', async () => {
    const monolith = aMonolith();
    const standby = new InMemoryEventStore();
    const eventStore = dyingBeforeDefault(failingOver(monolith.store, standby));
    void monolith.process({ eventStore }).attach(named);
    await settled();
    monolith.passes(60_000);
    const { settled: done } = await monolith.process({ eventStore: standby }).recover();
    expect(done).toMatchObject([{ sort: 'default', attemptId: 'checkout-9', outcome: 'set' }]);
  });

  it('is recorded again with its wish before it is asked for again', async () => {
    const monolith = aMonolith();
    const { store } = monolith;
    const failed = gatewayWith(monolith.gateway, { lookUp: () => Promise.reject(new TypeError('no')) });
    monolith.account.faults.next({ fault: 'serverError', effect: false });
    expect(await monolith.process({ gateway: failed }).attach(named)).toMatchObject({ outcome: 'unknown' });
    monolith.passes(60_000);
    const standby = new InMemoryEventStore();
    const halfway = { ...failingOver(store, standby), readStream: store.readStream.bind(store) };
    const failedOver = monolith.process({ eventStore: { ...halfway, append: standby.append.bind(standby) } });
    await failedOver.reconcile({ paymentMethodId: 'pm_1', actor: 'recovery' });
    expect((await typesOf(standby)).slice(0, 3)).toEqual([
      'AttachmentRequested',
      'DefaultPaymentMethodWished',
      'AttachmentOutcomeUnknown',
    ]);
  });

  it('P4: is unknown, and not rejected, where a detachment was asked for in its place', async () => {
    const monolith = aMonolith();
    const standby = new InMemoryEventStore();
    const never = gatewayWith(monolith.gateway, { detach: () => new Promise<never>(() => {}) });
    const unanswered = { answer: 'unknown', cause: 'timeout', evidence } as const;
    const gateway = gatewayWith(monolith.gateway, {
      attach: async () => {
        void monolith.process({ gateway: never, eventStore: standby }).detach({ paymentMethodId: 'pm_1', actor: 'u' });
        await settled();
        return unanswered;
      },
      lookUp: async () => ({ look: 'unknown', cause: 'timeout', evidence }),
    });
    const failedOver = monolith.process({ eventStore: failingOver(monolith.store, standby), gateway });
    expect(await failedOver.attach(named)).toMatchObject({ outcome: 'unknown', attemptId: 'checkout-9' });
    expect(await typesOf(standby)).toEqual(['DetachmentRequested']);
    expect(await failedOver.attach(named)).toMatchObject({ outcome: 'rejected', reason: 'detachmentOpen' });
  });
});
