import { FakePaymentGateway } from '../../src/adapters/fake/index.ts';
import { InMemoryEventStore } from '../../src/adapters/memory/inMemoryEventStore.ts';
import { StripeAccount } from '../../src/adapters/simulator/index.ts';
import { randomIds } from '../../src/adapters/system/system.ts';
import { decodeEvent } from '../../src/application/events/eventCodec.ts';
import type { PaymentMethodsParts } from '../../src/application/paymentMethods.ts';
import { PaymentMethods } from '../../src/application/paymentMethods.ts';
import { LocalLeases } from '../../src/application/recovery/localLeases.ts';
import type { EventStore } from '../../src/application/ports/eventStore.ts';
import type { PaymentMethodGateway } from '../../src/application/ports/paymentMethodGateway.ts';

/** A monolith with a clock that the test moves, a fake Stripe, and a trail in memory. */
export function aMonolith(options: { readonly apiVersion?: string } = {}) {
  let now = Date.UTC(2025, 10, 23, 12);
  const account = new StripeAccount({ now: () => now, ...options });
  const gateway = new FakePaymentGateway({ account, ...options });
  const store = new InMemoryEventStore({ now: () => now });
  /** A process of its own on the same trail and the same Stripe. */
  const clock = { now: () => new Date(now) };
  const process = (parts: Partial<PaymentMethodsParts> = {}) =>
    new PaymentMethods({ eventStore: store, gateway, clock, ids: randomIds, ...parts });
  return {
    account,
    gateway,
    store,
    clock,
    process,
    /** by which processes that are given them share the work */
    leases: new LocalLeases({ now: () => new Date(now) }),
    paymentMethods: process(),
    passes: (ms: number) => {
      now += ms;
    },
    /** The types of all events, in the order of the trail. */
    trail: async () => (await decoded(store)).map(({ event }) => event.type),
    /** What Stripe tells of what happened, the oldest first. */
    notifications: async () => {
      const page = await gateway.listEvents({ createdFrom: 0 });
      if (page.look !== 'found') throw new TypeError(page.look);
      return page.events.flatMap(({ notification }) => (notification === null ? [] : [notification])).reverse();
    },
    posts: () => gateway.requests.filter(({ method }) => method === 'attach'),
    /** What really happened at Stripe. */
    effects: () => account.effects.map(({ effect }) => effect),
  };
}

export async function decoded(store: EventStore) {
  const events = [];
  for await (const recorded of store.readTrail()) events.push(decodeEvent(recorded));
  return events;
}

export const hour = 60 * 60 * 1000;
export const ana = { paymentMethodId: 'pm_1', customer: 'cus_Ana', actor: 'user-7' };
export const ben = { paymentMethodId: 'pm_1', customer: 'cus_Ben', actor: 'user-8' };

/** A gateway with some of its calls replaced. */
export function gatewayWith(gateway: PaymentMethodGateway, parts: Partial<PaymentMethodGateway>): PaymentMethodGateway {
  return {
    apiVersion: gateway.apiVersion,
    attach: (request, options) => gateway.attach(request, options),
    lookUp: (id, options) => gateway.lookUp(id, options),
    detach: (request, options) => gateway.detach(request, options),
    setDefault: (request, options) => gateway.setDefault(request, options),
    lookUpCustomer: (id, options) => gateway.lookUpCustomer(id, options),
    listPaymentMethods: (request, options) => gateway.listPaymentMethods(request, options),
    listEvents: (request, options) => gateway.listEvents(request, options),
    createSetupIntent: (request, options) => gateway.createSetupIntent(request, options),
    lookUpSetupIntent: (id, options) => gateway.lookUpSetupIntent(id, options),
    ...parts,
  };
}

/** The gateway of a process that dies with its request on the way: the effect may happen, the answer never comes. */
export const dying = ({ gateway }: ReturnType<typeof aMonolith>, effect: boolean) =>
  gatewayWith(gateway, {
    lookUp: () => new Promise<never>(() => {}),
    attach: async (request) => {
      if (effect) await gateway.attach(request);
      return new Promise<never>(() => {});
    },
  });

export const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A store whose appends go where this says. */
export function storeWith(store: EventStore, append: EventStore['append']): EventStore {
  return {
    append,
    readStream: (stream, options) => store.readStream(stream, options),
    readTrail: (options) => store.readTrail(options),
    readHead: () => store.readHead(),
    close: () => store.close(),
  };
}

/** A store whose primary is lost behind the first append, for a standby that knows nothing of it. */
export function failingOver(primary: EventStore, standby: EventStore): EventStore {
  let appends = 0;
  return storeWith(standby, async (units) => {
    appends += 1;
    return appends === 1 ? primary.append(units) : standby.append(units);
  });
}

/** The store of a process that dies as it is about to ask for a default: all it has recorded before is there. */
export function dyingBeforeDefault(store: EventStore): EventStore {
  return storeWith(store, (units) =>
    units.some(({ events }) => events.some(({ type }) => type === 'DefaultPaymentMethodRequested'))
      ? new Promise<never>(() => {})
      : store.append(units),
  );
}
