import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LoggingObserver } from '../../src/adapters/logging/index.ts';
import { combineObservers, PaymentMethods, randomIds, systemClock } from '../../src/index.ts';
import { PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import { OpenTelemetryObserver } from '../../src/adapters/opentelemetry/index.ts';
import type { Simulator } from '../../src/adapters/simulator/index.ts';
import { startSimulator } from '../../src/adapters/simulator/index.ts';
import { StripeGateway } from '../../src/adapters/stripe/index.ts';
import { startTelemetry, treeOf } from '../adapters/opentelemetry/telemetry.ts';
import { decoded } from '../application/support.ts';
import type { TestDatabase } from '../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../support/postgres/testDatabase.ts';

const apiKey = 'sk_test_51H8';

let database: TestDatabase;
let simulator: Simulator;
let telemetry: ReturnType<typeof startTelemetry>;
let written: string[];
beforeAll(async () => {
  database = await createTestDatabase();
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
  await database.drop();
});
beforeEach(() => {
  simulator.account.faults.clear();
  telemetry = startTelemetry();
  written = [];
});
afterEach(() => telemetry.stop());

async function aHost(trail: string) {
  const { tracerProvider, meterProvider } = telemetry;
  const pool = database.pool();
  const logger = pino({ level: 'debug' }, { write: (line: string) => void written.push(line) });
  const stripe = { apiKey, baseUrl: simulator.url, deadlineMs: 2000, random: () => 0 };
  const ports = { clock: systemClock, ids: randomIds };
  // #region observer
  const observer = combineObservers(
    new OpenTelemetryObserver({ trail, tracerProvider, meterProvider }), // or without providers: the global ones
    new LoggingObserver(logger),
  );
  const eventStore = new PostgresEventStore({ pool, trail, observer });
  const gateway = new StripeGateway({ ...stripe, observer });
  const paymentMethods = new PaymentMethods({ ...ports, eventStore, gateway, observer });
  // #endregion observer
  const paymentMethodId = simulator.account.addPaymentMethod();
  const attempt = { paymentMethodId, customer: simulator.account.addCustomer(), attemptId: 'a-1', actor: 'user-7' };
  return { eventStore, paymentMethods, attempt };
}

const lines = () =>
  written.map((line) => {
    const parsed: Record<string, unknown> = JSON.parse(line);
    return parsed;
  });
const named = (name: string) => telemetry.spans().filter((span) => span.name === name);
const post = 'POST /v1/payment_methods/{id}/attach';

describe('one attach over HTTP and Postgres, watched', () => {
  it('is a span with the two appends and the request under it, in one trace that its events name', async () => {
    const { paymentMethods, attempt, eventStore } = await aHost('tree');
    expect(await paymentMethods.attach(attempt)).toMatchObject({ outcome: 'attached' });
    expect(treeOf(telemetry.spans())).toEqual([
      ['payment_methods.attach', 'payment_methods.append', post, 'payment_methods.append'],
    ]);
    const [attach] = named('payment_methods.attach');
    const { traceId, spanId } = attach?.spanContext() ?? {};
    expect(attach).toMatchObject({
      kind: SpanKind.INTERNAL,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'payment_methods.outcome': 'attached',
        'payment_methods.payment_method.id': attempt.paymentMethodId,
        'payment_methods.customer.id': attempt.customer,
        'payment_methods.attempt.id': 'a-1',
      },
    });
    const events = await decoded(eventStore);
    expect(events.map(({ metadata }) => metadata.traceparent)).toEqual([
      `00-${traceId}-${spanId}-01`,
      `00-${traceId}-${spanId}-01`,
    ]);
  });

  it('shows the request as a client span by the HTTP conventions, with the way to Stripe’s own log of it', async () => {
    const { paymentMethods, attempt, eventStore } = await aHost('http');
    await paymentMethods.attach(attempt);
    const [, attached] = await decoded(eventStore);
    const data = attached?.event.data;
    const requestId = data !== undefined && 'evidence' in data ? data.evidence.requestId : null;
    const [request] = named(post);
    expect(request?.kind).toBe(SpanKind.CLIENT);
    expect(request?.status.code).toBe(SpanStatusCode.UNSET);
    expect(request?.attributes).toEqual({
      'payment_methods.trail': 'http',
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(simulator.url).port),
      'stripe.api_version': '2025-10-29.clover',
      'stripe.request_id': requestId,
      'stripe.request_log_url': `https://dashboard.stripe.com/test/logs/${requestId}`,
      'url.full': `${simulator.url}/v1/payment_methods/${attempt.paymentMethodId}/attach`,
      'url.template': '/v1/payment_methods/{id}/attach',
    });
    expect(lines().find(({ msg }) => msg === 'attach: attached')).toMatchObject({
      level: 30,
      stripeRequestId: requestId,
      stripeRequestLog: `https://dashboard.stripe.com/test/logs/${requestId}`,
    });
  });

  it('counts and times the call, the requests, the retries and the batches', async () => {
    const { paymentMethods, attempt } = await aHost('metrics');
    simulator.account.faults.next({ fault: 'loseResponse' });
    await paymentMethods.attach(attempt);
    const ofTrail = { 'payment_methods.trail': 'metrics' };
    const call = { ...ofTrail, 'payment_methods.operation': 'attach', 'payment_methods.outcome': 'attached' };
    expect(await telemetry.points('payment_methods.operations')).toEqual([{ attributes: call, value: 1 }]);
    expect(await telemetry.points('payment_methods.operation.duration')).toEqual([{ attributes: call, value: 1 }]);
    const requests = await telemetry.points('payment_methods.stripe.request.duration');
    expect(requests).toMatchObject([
      { value: 1, attributes: { 'error.type': expect.stringMatching(/^[A-Z_]+$/) } },
      { value: 1, attributes: { 'http.response.status_code': 200 } },
    ]);
    expect(await telemetry.points('payment_methods.stripe.retries')).toMatchObject([{ value: 1 }]);
    expect(named(post).map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1]);
    expect(named(post).map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.UNSET]);
    expect(await telemetry.points('payment_methods.append.batch.size')).toEqual([{ attributes: ofTrail, value: 2 }]);
    expect(await telemetry.points('payment_methods.append.wait')).toEqual([{ attributes: ofTrail, value: 2 }]);
    expect(await telemetry.points('payment_methods.append.duration')).toEqual([
      { attributes: { ...ofTrail, 'payment_methods.append.result': 'appended' }, value: 2 },
    ]);
  });
});
