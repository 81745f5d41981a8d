import type { Meter } from '@opentelemetry/api';
import { createNoopMeter, SpanStatusCode } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakePaymentGateway } from '../../../src/adapters/fake/index.ts';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import { OpenTelemetryObserver } from '../../../src/adapters/opentelemetry/index.ts';
import { aMonolith, ana, ben, decoded, dying, gatewayWith, hour } from '../../application/support.ts';
import { anEncryptedTrail } from '../../application/privacy/support.ts';
import { startTelemetry, treeOf } from './telemetry.ts';

let telemetry: ReturnType<typeof startTelemetry>;
let observer: OpenTelemetryObserver;
beforeEach(() => {
  telemetry = startTelemetry();
  observer = new OpenTelemetryObserver(telemetry);
});
afterEach(() => telemetry.stop());

const trail = { 'payment_methods.trail': 'default' };
const named = (name: string) => telemetry.spans().filter((span) => span.name === name);
const operations = () => telemetry.points('payment_methods.operations');

describe('the span of a call', () => {
  it('has no error where Stripe says no, and says why in a word', async () => {
    const monolith = aMonolith();
    monolith.account.addPaymentMethod({ id: 'pm_1', decline: 'generic_decline' });
    expect(await monolith.process({ observer }).attach(ana)).toMatchObject({ outcome: 'rejected' });
    expect(named('payment_methods.attach')).toMatchObject([
      {
        status: { code: SpanStatusCode.UNSET },
        attributes: { 'payment_methods.outcome': 'rejected', 'payment_methods.reason': 'cardDeclined' },
      },
    ]);
    expect(await operations()).toEqual([
      {
        value: 1,
        attributes: {
          'payment_methods.trail': 'default',
          'payment_methods.operation': 'attach',
          'payment_methods.outcome': 'rejected',
          'payment_methods.reason': 'cardDeclined',
        },
      },
    ]);
  });

  it('is an error where nobody knows how it ended, by the cause', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesResponse({ times: 5 });
    monolith.account.faults.next({ fault: 'loseResponse', match: { method: 'GET' }, times: 5 });
    expect(await monolith.process({ observer }).attach(ana)).toMatchObject({ outcome: 'unknown' });
    expect(named('payment_methods.attach')).toMatchObject([
      {
        status: { code: SpanStatusCode.ERROR },
        attributes: { 'payment_methods.outcome': 'unknown', 'error.type': 'connectionLost' },
      },
    ]);
  });

  it('is no error where another call is at it, which says itself how that ends', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await monolith.process({ observer }).attach(ben);
    const result = await monolith.process({ observer }).attach({ ...ana, attemptId: 'other' });
    expect(result).toMatchObject({ outcome: 'unknown', cause: 'attemptInProgress' });
    expect(named('payment_methods.attach').map(({ status }) => status.code)).toEqual([
      SpanStatusCode.UNSET,
      SpanStatusCode.UNSET,
    ]);
  });

  it.each([
    [Object.assign(new Error('password=hunter2'), { name: 'DatabaseError' }), '_OTHER'],
    [new DOMException('The host gave up.', 'AbortError'), 'aborted'],
  ])('is an error where it throws, without a word of what was thrown: %s', async (thrown, errorType) => {
    const monolith = aMonolith();
    const gateway = gatewayWith(monolith.gateway, { attach: () => Promise.reject(thrown) });
    await expect(monolith.process({ observer, gateway }).attach(ana)).rejects.toThrow(thrown.message);
    const [span] = named('payment_methods.attach');
    expect(span).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': errorType },
      events: [],
    });
    expect(JSON.stringify([span?.attributes, span?.status])).not.toContain(thrown.message);
    expect(await operations()).toMatchObject([{ attributes: { 'error.type': errorType } }]);
  });

  it('names what an outcome could not be recorded for, by its code', async () => {
    const monolith = aMonolith();
    const keys = new PaymentMethodsError('KEY_UNREADABLE', 'The key of cus_Ana does not open.');
    const save = monolith.store.append.bind(monolith.store);
    let appends = 0;
    monolith.store.append = (batch) => ((appends += 1) === 1 ? save(batch) : Promise.reject(keys));
    await expect(monolith.process({ observer }).attach(ana)).rejects.toMatchObject({ code: 'OUTCOME_NOT_RECORDED' });
    const failure = { 'error.type': 'OUTCOME_NOT_RECORDED', 'payment_methods.cause.code': 'KEY_UNREADABLE' };
    expect(named('payment_methods.attach')).toMatchObject([{ attributes: failure }]);
    expect(await operations()).toMatchObject([{ attributes: failure }]);
  });

  it('ends also where the host’s meter throws, and nobody’s call feels it', async () => {
    const noop = createNoopMeter();
    const breaks = () => {
      throw new Error('the meter is broken');
    };
    const meter: Meter = new Proxy(noop, {
      get: (target, name): unknown => (name === 'createCounter' ? () => ({ add: breaks }) : Reflect.get(target, name)),
    });
    const broken = new OpenTelemetryObserver({ ...telemetry, meterProvider: { getMeter: () => meter } });
    const monolith = aMonolith();
    expect(await monolith.process({ observer: broken }).attach(ana)).toMatchObject({ outcome: 'attached' });
    expect(named('payment_methods.attach')).toHaveLength(1);
  });

  it('is there for every call, with what it is about', async () => {
    const monolith = aMonolith();
    const timers = { sleep: async () => {} };
    const { store: eventStore, keys } = anEncryptedTrail({ stored: monolith.store });
    const paymentMethods = monolith.process({ observer, timers, eventStore, keys });
    await paymentMethods.attach({ ...ana, attemptId: 'a-1', setAsDefault: true });
    await paymentMethods.setDefault({ paymentMethodId: 'pm_1', customer: 'cus_Ana', actor: 'user-7' });
    await paymentMethods.beginSetup({ customer: 'cus_Ana', actor: 'user-7' });
    const [first] = await monolith.notifications();
    if (first !== undefined) await paymentMethods.ingest(first);
    await paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'support' });
    await paymentMethods.detach({ paymentMethodId: 'pm_1', actor: 'user-7' });
    await paymentMethods.recover();
    await paymentMethods.sweep();
    await paymentMethods.forgetCustomer({ customer: 'cus_Ana', actor: 'support' });
    const calls = telemetry.spans().filter(({ name }) => name !== 'payment_methods.append');
    expect(calls.map(({ name, attributes }) => `${name}: ${String(attributes['payment_methods.outcome'])}`)).toEqual([
      'payment_methods.attach: attached',
      'payment_methods.setDefault: set',
      'payment_methods.beginSetup: begun',
      'payment_methods.ingest: known',
      'payment_methods.reconcile: attached',
      'payment_methods.detach: detached',
      'payment_methods.recover: done',
      'payment_methods.sweep: done',
      'payment_methods.forgetCustomer: forgotten',
    ]);
    expect(calls[0]?.attributes).toMatchObject({ 'payment_methods.set_as_default': 'set' });
    expect(calls[3]?.attributes).toMatchObject({ 'payment_methods.notification.id': first?.notificationId });
  });
});

describe('recovery', () => {
  it('in another process links what it settles to the trace that the attempt began in', async () => {
    const monolith = aMonolith();
    void monolith.process({ observer, gateway: dying(monolith, true) }).attach(ana);
    await expect.poll(() => monolith.effects()).toEqual(['attached']);
    const [requested] = await decoded(monolith.store);
    const [, traceId, spanId] = requested?.metadata.traceparent?.split('-') ?? [];
    telemetry.forgetSpans();
    monolith.passes(hour);
    await monolith.process({ observer }).recover();
    expect(treeOf(telemetry.spans())).toEqual([
      ['payment_methods.recover', ['payment_methods.settle', 'payment_methods.append']],
    ]);
    const [settle] = named('payment_methods.settle');
    expect(settle).toMatchObject({
      attributes: { 'payment_methods.request.sort': 'attachment', 'payment_methods.outcome': 'attached' },
      links: [{ context: { traceId, spanId, isRemote: true } }],
    });
    expect(settle?.spanContext().traceId).not.toBe(traceId);
    const [, attached] = await decoded(monolith.store);
    expect(attached?.metadata.traceparent, 'what it records is of its own trace').toContain(
      named('payment_methods.recover')[0]?.spanContext().traceId,
    );
  });

  it('counts what it made of the open requests, and what is stuck', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    void monolith.process({ gateway: dying(monolith, false) }).attach({ ...ana, paymentMethodId: 'pm_2' });
    await expect.poll(async () => (await monolith.store.readHead()).position).toBe(2);
    monolith.passes(25 * hour);
    monolith.gateway.losesResponse({ times: 9 });
    monolith.account.faults.next({ fault: 'loseResponse', times: 9 });
    await monolith.process({ observer }).recover();
    const results = await telemetry.points('payment_methods.recovery.requests');
    expect(results.map(({ attributes, value }) => [attributes['payment_methods.recovery.result'], value])).toEqual([
      ['settled', 0],
      ['stillOpen', 2],
      ['putOff', 0],
      ['errors', 0],
    ]);
    expect(await telemetry.points('payment_methods.recovery.stuck')).toEqual([
      { attributes: { ...trail, 'payment_methods.recovery.needs_human': false }, value: 2 },
      { attributes: { ...trail, 'payment_methods.recovery.needs_human': true }, value: 0 },
    ]);
    expect(named('payment_methods.settle').map(({ attributes }) => attributes['error.type'])).toEqual([
      'connectionLost',
      'connectionLost',
    ]);
  });
});

it('says when the last pass of recovery ended, and nothing before there was one, or where it failed', async () => {
  const monolith = aMonolith();
  const lastPass = () => telemetry.points('payment_methods.recovery.last_pass.timestamp');
  const paymentMethods = monolith.process({ observer, timers: { sleep: async () => {} } });
  await paymentMethods.sweep();
  expect(await lastPass()).toEqual([]);
  const before = Date.now() / 1000;
  await paymentMethods.recover();
  const [point] = await lastPass();
  expect(point?.attributes).toEqual(trail);
  expect(point?.value).toBeGreaterThanOrEqual(before);
  expect(point?.value).toBeLessThanOrEqual(Date.now() / 1000);
  const openAttempts = { ...aMonolith(), read: () => Promise.reject(new Error('away')), count: async () => [] };
  await expect(monolith.process({ observer, openAttempts }).recover()).rejects.toThrow('away');
  expect(await lastPass()).toEqual([point]);
});

it('has every finding of sweeps at 0 before anything is found: the first one is seen to rise', async () => {
  const monolith = aMonolith();
  const paymentMethods = monolith.process({ observer });
  const counted = async () => {
    const points = await telemetry.points('payment_methods.sweep.findings');
    const found = points.map(({ attributes, value }) => [String(attributes['payment_methods.sweep.finding']), value]);
    return new Map(found.map(([finding, value]) => [finding, Number(value)] as const));
  };
  const before = await counted();
  expect(before.get('attachedToAnotherCustomer'), 'in a process that did not sweep yet').toBe(0);
  expect([...before.values()].every((value) => value === 0)).toBe(true);
  await paymentMethods.attach(ana);
  const elsewhere = new FakePaymentGateway({ strict: true });
  const lost = monolith.process({ observer, gateway: elsewhere, timers: { sleep: async () => {} } });
  const { findings } = await lost.sweep({ customer: 'cus_Ana' });
  expect(findings.map(({ finding }) => finding)).toEqual(['customerNotAtStripe', 'notAtStripe']);
  const after = await counted();
  const risen = [...after].filter(([finding, value]) => value > (before.get(finding) ?? value));
  expect(new Set(risen.map(([finding]) => finding))).toEqual(new Set(['customerNotAtStripe', 'notAtStripe']));
});

it('counts what a sweep found, by finding', async () => {
  const monolith = aMonolith();
  monolith.account.addPaymentMethod({ id: 'pm_9', owner: { kind: 'customer', id: 'cus_Ana' } });
  const paymentMethods = monolith.process({ observer, timers: { sleep: async () => {} } });
  await paymentMethods.sweep({ customer: 'cus_Ana' });
  const found = (await telemetry.points('payment_methods.sweep.findings')).filter(({ value }) => value !== 0);
  expect(found).toEqual([{ attributes: { ...trail, 'payment_methods.sweep.finding': 'attachmentMissed' }, value: 1 }]);
});

it('does nothing, and keeps no traceparent, in a process without an SDK', async () => {
  await telemetry.stop();
  const monolith = aMonolith();
  const paymentMethods = monolith.process({ observer: new OpenTelemetryObserver() });
  expect(await paymentMethods.attach(ana)).toMatchObject({ outcome: 'attached' });
  expect((await decoded(monolith.store)).map(({ metadata }) => 'traceparent' in metadata)).toEqual([false, false]);
});
