import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  FoldedOpenAttempts,
  paymentMethodsByCustomer,
  ProjectedOpenAttempts,
  Projections,
} from '../../../src/index.ts';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import { observeTrail } from '../../../src/adapters/opentelemetry/index.ts';
import type { ObserveTrailParts } from '../../../src/adapters/opentelemetry/index.ts';
import { aMonolith, ana, dying } from '../../application/support.ts';
import { around } from '../../application/readModels/interleavings.ts';
import { InMemorySealSink } from './sealSink.ts';
import { startTelemetry } from './telemetry.ts';

const noon = Date.UTC(2025, 10, 23, 12);
let telemetry: ReturnType<typeof startTelemetry>;
beforeEach(() => {
  telemetry = startTelemetry();
});
afterEach(() => telemetry.stop());

const trail = { 'payment_methods.trail': 'default' };
const values = async (name: string) => (await telemetry.points(name)).map(({ value }) => value);

/** A trail with one attempt that nobody ended, and what a host watches of it a minute later. */
async function aTrail() {
  const monolith = aMonolith();
  void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
  await expect.poll(async () => (await monolith.store.readHead()).position).toBe(1);
  const { store: eventStore } = monolith;
  const projections = new Projections({ eventStore, readModels: new InMemoryReadModels() });
  const sealSink = new InMemorySealSink();
  const clock = { now: () => new Date(noon + 60_000) };
  return { ...monolith, eventStore, projections, sealSink, clock, openAttempts: new FoldedOpenAttempts(eventStore) };
}

it('has gauges of the head, of what is open and since when, of read models and of seals, until it is stopped', async () => {
  const { eventStore, projections, sealSink, clock, openAttempts, paymentMethods } = await aTrail();
  const { meterProvider } = telemetry;
  // #region trail
  const stopObserving = observeTrail({
    trail: 'default',
    eventStore,
    clock,
    openAttempts,
    sealSink,
    readModels: { projections, watched: [paymentMethodsByCustomer] },
    meterProvider, // or without: the global one
  });
  // #endregion trail
  expect(await values('payment_methods.trail.position')).toEqual([1]);
  expect(await telemetry.points('payment_methods.open_attempts')).toEqual(
    ['attachment', 'detachment', 'default', 'setup'].map((sort) => ({
      attributes: { ...trail, 'payment_methods.request.sort': sort },
      value: sort === 'attachment' ? 1 : 0,
    })),
  );
  expect(await values('payment_methods.open_attempts.oldest.age')).toEqual([60, 0, 0, 0]);
  expect(await values('payment_methods.projection.lag'), 'all of the trail').toEqual([1]);
  await projections.catchUp(paymentMethodsByCustomer);
  expect(await telemetry.points('payment_methods.projection.lag')).toEqual([
    { attributes: { ...trail, 'payment_methods.projection.name': paymentMethodsByCustomer.name }, value: 0 },
  ]);
  expect(await values('payment_methods.seal.position'), 'there is none').toEqual([0]);
  expect(await values('payment_methods.seal.age')).toEqual([]);
  sealSink.write({ position: 1, sealedAt: new Date(noon + 15_000).toISOString() });
  expect(await values('payment_methods.seal.position')).toEqual([1]);
  expect(await values('payment_methods.seal.age')).toEqual([45]);

  stopObserving();
  await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2' });
  expect(await values('payment_methods.trail.position'), 'the SDK says again what it was told last').toEqual([1]);
});

it('keeps two trails apart, in every gauge', async () => {
  const [one, other] = [await aTrail(), await aTrail()];
  other.sealSink.write({ position: 1, sealedAt: new Date(noon).toISOString() });
  const { meterProvider } = telemetry;
  const readModels = { projections: one.projections, watched: [paymentMethodsByCustomer] };
  observeTrail({ ...one, readModels, meterProvider, trail: 'eu' });
  observeTrail({ ...other, readModels, meterProvider, trail: 'us' });
  await other.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2' });
  const trailsOf = async (name: string) =>
    (await telemetry.points(name)).map(({ attributes, value }) => [attributes['payment_methods.trail'], value]);
  expect(await trailsOf('payment_methods.trail.position')).toEqual([
    ['eu', 1],
    ['us', 3],
  ]);
  expect(await trailsOf('payment_methods.seal.position')).toEqual([
    ['eu', 0],
    ['us', 1],
  ]);
  expect(await trailsOf('payment_methods.seal.age')).toEqual([['us', 60]]);
  for (const { dataPoints, descriptor } of await telemetry.collected()) {
    const named = dataPoints.map(({ attributes }) => attributes['payment_methods.trail']);
    expect(new Set(named), descriptor.name).toEqual(new Set(descriptor.name.endsWith('age') ? named : ['eu', 'us']));
    expect(named, descriptor.name).not.toContain(undefined);
  }
});

it('counts what is open however much it is, by few questions', async () => {
  const monolith = aMonolith();
  const { store: eventStore } = monolith;
  const paymentMethods = monolith.process({ gateway: dying(monolith, false) });
  for (let number = 1; number <= 1200; number += 1) {
    void paymentMethods.attach({ ...ana, paymentMethodId: `pm_${number}` });
  }
  await expect.poll(async () => (await eventStore.readHead()).position).toBe(1200);
  let calls = 0;
  const readModels = around(new InMemoryReadModels(), (call) => {
    calls += 1;
    return call();
  });
  const openAttempts = new ProjectedOpenAttempts(new Projections({ eventStore, readModels }));
  const clock = { now: () => new Date(noon + 60_000) };
  observeTrail({ eventStore, clock, openAttempts, meterProvider: telemetry.meterProvider });
  expect(await values('payment_methods.open_attempts'), 'builds the read models').toEqual([1200, 0, 0, 0]);
  calls = 0;
  expect(await values('payment_methods.open_attempts')).toEqual([1200, 0, 0, 0]);
  expect(await values('payment_methods.open_attempts.oldest.age')).toEqual([60, 0, 0, 0]);
  expect(calls, 'two collections, two read models: where it is, and what is in it').toBe(2 * 2 * 2);
});

it('leaves out what cannot be read, and nothing else', async () => {
  const { eventStore, clock } = await aTrail();
  const openAttempts: ObserveTrailParts['openAttempts'] = { count: () => Promise.reject(new Error('away')) };
  observeTrail({ eventStore, clock, openAttempts, meterProvider: telemetry.meterProvider });
  const names = await telemetry
    .collected()
    .then((collected) =>
      collected.filter(({ dataPoints }) => dataPoints.length > 0).map(({ descriptor }) => descriptor.name),
    );
  expect(names).toEqual(['payment_methods.trail.position']);
});
