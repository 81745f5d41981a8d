import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import express from 'express';
import Stripe from 'stripe';
import type pg from 'pg';
import { PostgresCursors, PostgresEventStore, PostgresReadModels } from '../../../src/adapters/postgres/index.ts';
import { startSimulator } from '../../../src/adapters/simulator/index.ts';
import { StripeGateway, webhookHandler } from '../../../src/adapters/stripe/index.ts';
import type { EventStore, KeyProvider } from '../../../src/index.ts';
import {
  PaymentMethods,
  paymentMethodsByCustomer,
  Projections,
  randomIds,
  systemClock,
  systemTimers,
} from '../../../src/index.ts';
import { until } from '../../support/until.ts';
import { apiKey, canaryCard, canaryCustomer, newEmail } from './canaries.ts';

export type Wiring = {
  /** whether the gateway and the webhooks read billing details */
  readonly billingDetails: boolean;
  readonly wrap: (store: PostgresEventStore) => EventStore;
  readonly keys?: KeyProvider | undefined;
};

/** A host with real Stripe traffic, which keeps all that it logs. */
export async function startHost(pool: pg.Pool, { billingDetails, wrap, keys }: Wiring) {
  const logged: string[] = [];
  const log = (thing: unknown) => logged.push(inspect(thing, { depth: 20, showHidden: true }));
  const simulator = await startSimulator();
  const { hostname, port } = new URL(simulator.url);
  const sdk = new Stripe(apiKey, { host: hostname, port: Number(port), protocol: 'http' });
  const stored = new PostgresEventStore({ pool });
  const eventStore = wrap(stored);
  const gateway = new StripeGateway({ apiKey, baseUrl: simulator.url, deadlineMs: 1500, maxTries: 1, billingDetails });
  const ports = { eventStore, gateway, clock: systemClock, ids: randomIds, timers: systemTimers, keys };
  const paymentMethods = new PaymentMethods({ ...ports, cursors: new PostgresCursors({ pool }) });
  const projections = new Projections({ eventStore, readModels: new PostgresReadModels({ pool }) });
  const app = express();
  const server: Server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const secrets = [(await sdk.webhookEndpoints.create({ url, enabled_events: ['*'] })).secret ?? ''];
  const handle = webhookHandler({ paymentMethods, secrets, billingDetails, onError: log });
  app.post('/', express.raw({ type: '*/*' }), async (request, response) => {
    const headers = { 'stripe-signature': request.get('stripe-signature') ?? '' };
    const body = request.body as Buffer<ArrayBuffer>;
    const { status } = await handle(new Request('http://host/', { method: 'POST', headers, body }));
    response.sendStatus(status);
  });
  const close = async () => {
    await paymentMethods.close();
    await gateway.close();
    await simulator.close();
    server.close();
    server.closeAllConnections();
    await eventStore.close();
  };
  return {
    sdk,
    simulator,
    gateway,
    paymentMethods,
    projections,
    eventStore,
    stored,
    secrets,
    log,
    logged,
    close,
    pool,
  };
}

export type Host = Awaited<ReturnType<typeof startHost>>;

/** A customer's life, with all that can go wrong: every answer and every error goes into the host's log. */
export async function liveThrough(host: Host) {
  const { sdk, simulator, paymentMethods, projections, log, eventStore } = host;
  const customer = (await canaryCustomer(sdk)).id;
  // An answer has the card, or a secret for the front end, for whoever asked: the one place where it is meant to be.
  const withoutCard = (answer: object | void) => ({ ...answer, card: null, clientSecret: null });
  const tried = async (work: Promise<object | void>) => log(await work.then(withoutCard, (error: unknown) => error));
  const one = await canaryCard(sdk);
  const attach = (paymentMethodId: string) => paymentMethods.attach({ paymentMethodId, customer, actor: 'user-7' });
  await tried(attach(one.id));
  await tried(attach((await canaryCard(sdk, '4000000000000002')).id));
  for (const fault of ['loseResponse', 'cutBody', 'loseRequest'] as const) {
    const { id } = await canaryCard(sdk);
    simulator.account.faults.next({ fault, match: { path: /attach$/ } });
    await tried(attach(id));
    await tried(paymentMethods.reconcile({ paymentMethodId: id, actor: 'support' }));
  }
  await tried(paymentMethods.attach({ paymentMethodId: one.id, customer: 'cus_Other', actor: 'user-8' }));
  const saved = await canaryCard(sdk);
  const asked = { amount: 1000, currency: 'usd', confirm: true, payment_method_types: ['card'] };
  await sdk.paymentIntents.create({ ...asked, customer, payment_method: saved.id, setup_future_usage: 'off_session' });
  await untilStatus(host, saved.id, 'attached');
  await sdk.paymentMethods.update(saved.id, { billing_details: { email: newEmail }, card: { exp_year: 2098 } });
  await until('the update is in the trail', async () => {
    const { events } = await paymentMethods.history(saved.id);
    return events.some(({ event }) => event.type === 'PaymentMethodUpdated');
  });
  const setup = await paymentMethods.beginSetup({ customer, actor: 'user-7' });
  await tried(Promise.resolve(setup));
  if (setup.outcome === 'begun') host.secrets.push(setup.clientSecret);
  await tried(paymentMethods.setDefault({ paymentMethodId: one.id, customer, actor: 'user-7' }));
  const left = await canaryCard(sdk);
  await tried(attach(left.id));
  await tried(paymentMethods.detach({ paymentMethodId: left.id, actor: 'user-7' }));
  const gone = await canaryCard(sdk);
  await tried(attach(gone.id));
  await sdk.paymentMethods.detach(gone.id);
  await untilStatus(host, gone.id, 'detached');
  // From now on nobody is told: only a sweep finds it.
  for (const { id } of (await sdk.webhookEndpoints.list()).data) await sdk.webhookEndpoints.del(id);
  const unseen = await canaryCard(sdk);
  await sdk.paymentMethods.attach(unseen.id, { customer });
  await tried(paymentMethods.sweep({ customer }));
  await tried(paymentMethods.sweep());
  await tried(paymentMethods.recover());
  await tried(projections.catchUp(paymentMethodsByCustomer));
  // A gateway's fault, and a record as a careless host logs it.
  await tried(host.gateway.attach({ paymentMethodId: 'pm_ /x' as never, customer: customer as never } as never));
  for await (const recorded of eventStore.readTrail()) {
    log(recorded);
    log(JSON.stringify(recorded));
  }
  return { customer, paymentMethodId: one.id, saved: saved.id, fingerprint: one.card?.fingerprint ?? '' };
}

async function untilStatus({ paymentMethods }: Host, id: string, status: string): Promise<void> {
  await until(`${id} is ${status}`, async () => (await paymentMethods.history(id)).state.status === status);
}
