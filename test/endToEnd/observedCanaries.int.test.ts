import pino from 'pino';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LoggingObserver } from '../../src/adapters/logging/index.ts';
import { InMemoryKeyProvider } from '../../src/adapters/memory/inMemoryKeyProvider.ts';
import { OpenTelemetryObserver } from '../../src/adapters/opentelemetry/index.ts';
import { PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import { aesFieldCipher, EncryptingEventStore } from '../../src/adapters/privacy/index.ts';
import type { Simulator } from '../../src/adapters/simulator/index.ts';
import { startSimulator } from '../../src/adapters/simulator/index.ts';
import { StripeGateway } from '../../src/adapters/stripe/index.ts';
import type { UseCaseName } from '../../src/application/ports/observer.ts';
import { combineObservers, PaymentMethods, randomIds, systemClock, systemTimers } from '../../src/index.ts';
import { startTelemetry } from '../adapters/opentelemetry/telemetry.ts';
import type { TestDatabase } from '../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../support/postgres/testDatabase.ts';
import { canaryCard, canaryCustomer, cardCanaries, email, newEmail, personalCanaries } from './privacy/canaries.ts';

const apiKey = 'sk_test_canary51H8';
const ofCards = ['"4242"', 'visa', 'mastercard', 'fingerprint', 'last4'];

let database: TestDatabase;
let simulator: Simulator;
let telemetry: ReturnType<typeof startTelemetry>;
beforeAll(async () => {
  database = await createTestDatabase();
  simulator = await startSimulator();
  telemetry = startTelemetry();
});
afterAll(async () => {
  await telemetry.stop();
  await simulator.close();
  await database.drop();
});

/** A host that reads all that Stripe tells, keeps it encrypted, and is watched in every way there is. */
function aHost() {
  const trail = 'observed';
  const written: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void written.push(line) });
  const observer = combineObservers(new OpenTelemetryObserver({ trail, ...telemetry }), new LoggingObserver(logger));
  const keys = new InMemoryKeyProvider({ trail });
  const encrypts = ['billingDetails', 'card', 'fingerprint'] as const;
  const stored = new PostgresEventStore({ pool: database.pool(), trail, observer });
  const eventStore = new EncryptingEventStore({ eventStore: stored, keys, cipher: aesFieldCipher, encrypts });
  const stripe = { apiKey, baseUrl: simulator.url, deadlineMs: 1500, maxTries: 2, random: () => 0 };
  const gateway = new StripeGateway({ ...stripe, billingDetails: true, observer });
  const ports = { eventStore, gateway, keys, observer, clock: systemClock, ids: randomIds, timers: systemTimers };
  const paymentMethods = new PaymentMethods({
    ...ports,
    retryPolicy: { keyLifetimeMs: 3_600_000, inProgressMs: 1 },
    sweep: { requestsPerSecond: 1000 },
  });
  return { eventStore, stored, gateway, paymentMethods, written };
}

type Host = ReturnType<typeof aHost>;

/** Every call, in every way that it ends; answers the ids and the secrets that came by. */
async function liveThrough({ paymentMethods, gateway, stored }: Host) {
  const { hostname, port } = new URL(simulator.url);
  const sdk = new Stripe(apiKey, { host: hostname, port: Number(port), protocol: 'http' });
  const customer = (await canaryCustomer(sdk)).id;
  const one = await canaryCard(sdk);
  const asked = { customer, actor: 'user-7' };
  await paymentMethods.attach({ ...asked, paymentMethodId: one.id, attemptId: 'a-1', setAsDefault: true });
  const { id: declined } = await canaryCard(sdk, '4000000000000002');
  await paymentMethods.attach({ ...asked, paymentMethodId: declined, attemptId: 'a-2' });
  const { id: lost } = await canaryCard(sdk);
  simulator.account.faults.next({ fault: 'loseResponse', times: 9 });
  await paymentMethods.attach({ ...asked, paymentMethodId: lost, attemptId: 'a-3' });
  simulator.account.faults.clear();
  const recovery = await paymentMethods.recover();
  await paymentMethods.setDefault({ ...asked, paymentMethodId: lost });
  const setup = await paymentMethods.beginSetup({ ...asked, attemptId: 'a-4' });
  // What others do: a webhook tells of some of it, and a sweep finds the rest.
  const [told, found] = [await canaryCard(sdk), await canaryCard(sdk)];
  await sdk.paymentMethods.attach(told.id, { customer });
  await sdk.paymentMethods.update(one.id, { billing_details: { email: newEmail }, card: { exp_year: 2098 } });
  const page = await gateway.listEvents({ createdFrom: 0 });
  const notifications = page.look === 'found' ? page.events.flatMap(({ notification }) => notification ?? []) : [];
  for (const notification of notifications) await paymentMethods.ingest(notification);
  await sdk.paymentMethods.attach(found.id, { customer });
  const sweep = await paymentMethods.sweep();
  await paymentMethods.reconcile({ paymentMethodId: one.id, actor: 'support' });
  await paymentMethods.detach({ paymentMethodId: found.id, actor: 'user-7' });
  const { state } = await paymentMethods.history(one.id);
  await paymentMethods.forgetCustomer({ customer, actor: 'dpo' });
  // And what throws: at Stripe's end, and at the database's.
  const { id: late } = await canaryCard(sdk);
  await gateway.close();
  await paymentMethods.attach({ ...asked, paymentMethodId: late, attemptId: 'a-5' }).catch(() => {});
  await stored.close();
  await paymentMethods.attach({ ...asked, paymentMethodId: late, attemptId: 'a-6' }).catch(() => {});
  expect(recovery).toMatchObject({ looked: 1, settled: [{ outcome: 'attached' }] });
  expect(sweep.findings.map(({ finding }) => finding)).toContain('attachmentMissed');
  // The canaries came by, by every way, or there is nothing to leak.
  expect(JSON.stringify(notifications)).toContain(email);
  expect(state).toMatchObject({ billingDetails: { email: newEmail }, card: { last4: '5100', expYear: 2098 } });
  const secret = setup.outcome === 'begun' ? setup.clientSecret : '';
  expect(secret).toContain('_secret_');
  return {
    ids: [one.id, declined, lost, told.id, found.id, late, customer, 'a-1', 'a-3', 'req_', 'seti_', 'evt_'],
    secrets: [apiKey, secret, ...personalCanaries, ...cardCanaries(one.card?.fingerprint ?? ''), ...ofCards],
  };
}

it('P9: leaks no key, personal field or card by a span, a metric or a line, whatever is called and however it ends; metrics hold no id', async () => {
  const host = aHost();
  const { ids, secrets } = await liveThrough(host);
  const finished = telemetry.spans();
  const spans = JSON.stringify(
    finished.map(({ name, attributes, status, events, links }) => ({ name, attributes, status, events, links })),
  );
  const metrics = JSON.stringify((await telemetry.collected()).map(({ dataPoints }) => dataPoints));
  const lines = host.written.join('');
  const calls: readonly UseCaseName[] = [
    ...(['attach', 'detach', 'setDefault', 'beginSetup', 'ingest', 'reconcile', 'recover', 'sweep'] as const),
    'forgetCustomer',
  ];
  const names = finished.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(calls.map((call) => `payment_methods.${call}`)));
  for (const call of calls) expect(lines).toContain(`"useCase":"${call}"`);
  const leaks = [spans, metrics, lines].flatMap((text) => secrets.filter((canary) => text.includes(canary)));
  expect(secrets).not.toContain('');
  expect(leaks).toEqual([]);
  expect(ids.filter((id) => metrics.includes(id))).toEqual([]);
  expect(names.join()).not.toMatch(/pm_|cus_|seti_|a-\d/);
});
