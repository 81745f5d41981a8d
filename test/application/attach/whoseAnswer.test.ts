import { describe, expect, it } from 'vitest';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import { aMonolith, ana, dying, gatewayWith, settled, storeWith } from '../support.ts';

/** A process whose requests wait until they are let go. */
function held(monolith: ReturnType<typeof aMonolith>) {
  let letGo = () => {};
  const until = new Promise<void>((resolve) => (letGo = resolve));
  const gateway = gatewayWith(monolith.gateway, {
    attach: async (request, options) => {
      await until;
      return monolith.gateway.attach(request, options);
    },
  });
  return { paymentMethods: monolith.process({ gateway }), letGo };
}

describe('who joins an attach', () => {
  it('whose outcome nobody knows is told just that, and asks nothing', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesRequest();
    monolith.gateway.losesResponse({ times: 9, of: 'lookUp' });
    const both = await Promise.all([1, 2].map(() => monolith.paymentMethods.attach(ana)));
    expect(both[0]).toMatchObject({ outcome: 'unknown', cause: 'connectionLost' });
    expect(both[1]).toEqual(both[0]);
    expect(monolith.posts()).toHaveLength(1);
  });

  it('joins the first, whoever came between under an id of his own and went', async () => {
    const monolith = aMonolith();
    const { paymentMethods, letGo } = held(monolith);
    const first = paymentMethods.attach(ana);
    await settled();
    const named = await paymentMethods.attach({ ...ana, attemptId: 'a-2' });
    expect(named).toMatchObject({ outcome: 'unknown', cause: 'attemptInProgress' });
    const joined = paymentMethods.attach(ana);
    letGo();
    expect(await joined).toEqual(await first);
    expect(await joined).toMatchObject({ outcome: 'attached' });
    expect(monolith.posts()).toHaveLength(1);
  });
});

describe('an attempt that finishes another one', () => {
  const named = { ...ana, attemptId: 'a-2' };

  /** An attempt that was left open before its effect, a while ago. */
  async function leftOpen() {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach({ ...ana, attemptId: 'a-1' });
    await settled();
    monolith.passes(60_000);
    return monolith;
  }

  it('is refused, and on record as refused, where Stripe told meanwhile that another customer has it', async () => {
    const monolith = await leftOpen();
    const { gateway, paymentMethods } = monolith;
    const customer = { kind: 'customer', id: 'cus_Ben' } as never;
    const theirs = { idempotencyKey: 'theirs', apiVersion: gateway.apiVersion, customer };
    const late = gatewayWith(gateway, {
      lookUp: async (id, options) => {
        await gateway.attach({ ...theirs, paymentMethodId: 'pm_1' as never });
        for (const told of await monolith.notifications()) await paymentMethods.ingest(told);
        return gateway.lookUp(id, options);
      },
    });
    const refused = { outcome: 'rejected', reason: 'attachedToAnotherCustomer', attemptId: 'a-2' };
    expect(await monolith.process({ gateway: late }).attach(named)).toMatchObject(refused);
    expect((await monolith.trail()).at(-1)).toBe('AttachmentRefused');
    expect(await paymentMethods.attach(named)).toMatchObject(refused);
  });

  it('has the answer of that one, and asks Stripe for nothing of its own', async () => {
    const monolith = await leftOpen();
    monolith.gateway.declines('pm_1');
    expect(await monolith.paymentMethods.attach(named)).toMatchObject({ outcome: 'rejected', attemptId: 'a-1' });
    expect(monolith.posts()).toHaveLength(1);
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'AttachmentRejected']);
  });
});

it('what an attach throws that is no error of this module stays what it is', async () => {
  const monolith = aMonolith();
  const fault = new TypeError('a bug of the gateway');
  const gateway = gatewayWith(monolith.gateway, { attach: () => Promise.reject(fault) });
  await expect(monolith.process({ gateway }).attach(ana)).rejects.toBe(fault);
});

it('the story of what is no clone is read from one stream, and of a clone from two, whatever came later', async () => {
  const monolith = aMonolith();
  const { store, paymentMethods } = monolith;
  await paymentMethods.attach(ana);
  const alias = { ...ana, paymentMethodId: 'pm_card_visa', attemptId: 'a-9' };
  const cloned = await paymentMethods.attach(alias);
  const { paymentMethodId } = cloned;
  await paymentMethods.detach({ paymentMethodId, actor: 'user-7' });
  const read: string[] = [];
  const noting: EventStore = {
    ...storeWith(store, (units) => store.append(units)),
    readStream: (stream, options) => {
      read.push(stream);
      return store.readStream(stream, options);
    },
  };
  const reading = monolith.process({ eventStore: noting });
  await reading.history('pm_1');
  expect(read.splice(0)).toEqual(['paymentMethod-pm_1']);
  const { events } = await reading.history(paymentMethodId);
  expect(read).toEqual([`paymentMethod-${paymentMethodId}`, 'paymentMethod-pm_card_visa/a-9']);
  expect(events.map(({ event }) => event.type).slice(0, 2)).toEqual(['AttachmentRequested', 'PaymentMethodCloned']);
});
