import type { Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/adapters/audit/index.ts';
import { PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import type { Simulator } from '../../src/adapters/simulator/index.ts';
import { startSimulator } from '../../src/adapters/simulator/index.ts';
import { StripeGateway, webhookHandler } from '../../src/adapters/stripe/index.ts';
import { randomIds, systemClock } from '../../src/adapters/system/system.ts';
import { PaymentMethods } from '../../src/application/paymentMethods.ts';
import type { TestDatabase } from '../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../support/postgres/testDatabase.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
let simulator: Simulator;
let sdk: Stripe;
let eventStore: PostgresEventStore;
let gateway: StripeGateway;
let paymentMethods: PaymentMethods;
let host: Server;

beforeAll(async () => {
  database = await createTestDatabase();
  simulator = await startSimulator();
  const { hostname, port } = new URL(simulator.url);
  sdk = new Stripe('sk_test_x', { host: hostname, port: Number(port), protocol: 'http' });
  eventStore = new PostgresEventStore({ pool: database.pool() });
  gateway = new StripeGateway({ apiKey: 'sk_test_x', baseUrl: simulator.url, deadlineMs: 2000 });
  paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });
  const app = express();
  host = app.listen(0, '127.0.0.1');
  await once(host, 'listening');
  const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}/`;
  const { secret = '' } = await sdk.webhookEndpoints.create({ url, enabled_events: ['*'] });
  const handle = webhookHandler({ paymentMethods, secrets: [secret] });
  app.post('/', express.raw({ type: '*/*' }), async (request, response) => {
    const headers = { 'stripe-signature': request.get('stripe-signature') ?? '' };
    const body = request.body as Buffer<ArrayBuffer>;
    const { status } = await handle(new Request('http://host/', { method: 'POST', headers, body }));
    response.sendStatus(status);
  });
});
afterAll(async () => {
  await paymentMethods.close();
  await gateway.close();
  await simulator.close();
  host.close();
  await database.drop();
});

async function untilAttachedInTrail(paymentMethodId: string) {
  await until(`${paymentMethodId} is attached in the trail`, async () => {
    return (await paymentMethods.history(paymentMethodId)).state.status === 'attached';
  });
  return paymentMethods.history(paymentMethodId);
}

describe('what a front end attached, told of by real webhooks, on real Postgres', () => {
  it('a PaymentIntent with setup_future_usage leaves the attachment in the trail, and can then be the default', async () => {
    const customer = await sdk.customers.create();
    const paymentMethod = await sdk.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    await sdk.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      customer: customer.id,
      payment_method: paymentMethod.id,
      payment_method_types: ['card'],
      setup_future_usage: 'off_session',
      confirm: true,
    });
    const { state, events } = await untilAttachedInTrail(paymentMethod.id);
    expect(state).toMatchObject({ customer: { kind: 'customer', id: customer.id }, card: { last4: '4242' } });
    expect(events.map(({ event }) => event)).toMatchObject([
      { type: 'PaymentMethodAttached', data: { attemptId: null, evidence: { source: 'webhook' } } },
    ]);
    const wish = { paymentMethodId: paymentMethod.id, customer: customer.id, actor: 'user-7' };
    expect(await paymentMethods.attach({ ...wish, setAsDefault: true })).toMatchObject({
      outcome: 'attached',
      setAsDefault: { outcome: 'set' },
    });
    expect(await sdk.customers.retrieve(customer.id)).toMatchObject({
      invoice_settings: { default_payment_method: paymentMethod.id },
    });
    expect(
      simulator.account.effects.filter(({ paymentMethodId }) => paymentMethodId === paymentMethod.id),
    ).toHaveLength(1);
  });

  it('a SetupIntent that was begun here and confirmed by the front end names our attempt in the trail', async () => {
    const customer = await sdk.customers.create();
    const begun = await paymentMethods.beginSetup({ customer: customer.id, attemptId: 'setup-1', actor: 'user-7' });
    if (begun.outcome !== 'begun') throw new Error(`the setup is ${begun.outcome}`);
    const paymentMethod = await sdk.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    await sdk.setupIntents.confirm(begun.setupIntentId, {
      payment_method: paymentMethod.id,
      return_url: 'https://host.example/',
    });
    await untilAttachedInTrail(paymentMethod.id);
    const setup = () => eventStore.readStream('setup-setup-1');
    await until('the setup has succeeded in the trail', async () => (await setup()).length === 3);
    const types = (await setup()).map(({ type }) => type);
    expect(types).toEqual(['SetupRequested', 'SetupBegun', 'SetupSucceeded']);
    const texts = await Promise.all([setup(), eventStore.readStream(`paymentMethod-${paymentMethod.id}`)]);
    expect(JSON.stringify(texts)).not.toContain('_secret_');
    expect(await verify(eventStore)).toMatchObject({ intact: true });
  });
});
