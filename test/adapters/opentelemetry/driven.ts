import type { OpenTelemetryObserver } from '../../../src/adapters/opentelemetry/index.ts';
import { observeTrail } from '../../../src/adapters/opentelemetry/index.ts';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import { FoldedOpenAttempts } from '../../../src/application/readModels/foldedOpenAttempts.ts';
import { paymentMethodsByCustomer } from '../../../src/application/readModels/paymentMethodsByCustomer.ts';
import { Projections } from '../../../src/application/readModels/projections.ts';
import { aMonolith, ana, dying, gatewayWith, hour } from '../../application/support.ts';
import { InMemorySealSink } from './sealSink.ts';
import type { startTelemetry } from './telemetry.ts';

type Telemetry = ReturnType<typeof startTelemetry>;

/** The labels that a metric has, each with every value that it was given. */
export type Labels = ReadonlyMap<string, ReadonlySet<string>>;

/** Has every instrument say all that the documents ask for, by what really happens; answers the labels of each. */
export async function drive(
  telemetry: Telemetry,
  observer: OpenTelemetryObserver,
): Promise<ReadonlyMap<string, Labels>> {
  await endCallsInEveryWay(observer);
  await recoverWhatNeedsAHuman(observer);
  askStripe(observer);
  observer.appendBatch({ waitedMs: [1], tookMs: 1 });
  await watchATrail(telemetry);
  const driven = new Map<string, Map<string, Set<string>>>();
  for (const { descriptor, dataPoints } of await telemetry.collected()) {
    const labels = driven.get(descriptor.name) ?? new Map<string, Set<string>>();
    driven.set(descriptor.name, labels);
    for (const { attributes } of dataPoints) {
      for (const [name, value] of Object.entries(attributes)) {
        if (value === undefined) continue;
        labels.set(name, (labels.get(name) ?? new Set()).add(String(value)));
      }
    }
  }
  return driven;
}

async function endCallsInEveryWay(observer: OpenTelemetryObserver): Promise<void> {
  const monolith = aMonolith();
  const { account, gateway, process } = monolith;
  account.addPaymentMethod({ id: 'pm_2', decline: 'generic_decline' });
  const paymentMethods = process({ observer, timers: { sleep: async () => {} } });
  await paymentMethods.attach(ana);
  await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2' });
  gateway.losesResponse({ times: 5 });
  account.faults.next({ fault: 'loseResponse', match: { method: 'GET' }, times: 5 });
  await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_3' });
  account.faults.clear();
  void process({ gateway: dying(monolith, false) }).attach({ ...ana, paymentMethodId: 'pm_4' });
  await new Promise(setImmediate);
  await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_4', attemptId: 'other' });
  const gaveUp = new DOMException('The host gave up.', 'AbortError');
  const aborted = gatewayWith(gateway, { attach: () => Promise.reject(gaveUp) });
  await failing(process({ observer, gateway: aborted }).attach({ ...ana, paymentMethodId: 'pm_5' }));
  await paymentMethods.sweep();
  for (const told of await monolith.notifications()) await paymentMethods.ingest(told);
  await failing(
    process({ observer, eventStore: failingAfter(monolith, 1) }).attach({ ...ana, paymentMethodId: 'pm_6' }),
  );
  await monolith.store.close();
  await failing(paymentMethods.detach({ paymentMethodId: 'pm_1', actor: 'user-7' }));
}

/** A store that takes so many appends, and then none. */
function failingAfter({ store }: ReturnType<typeof aMonolith>, appends: number): typeof store {
  let left = appends;
  const away = new PaymentMethodsError('STORE_UNAVAILABLE', 'away');
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'append' && (left -= 1) < 0) return () => Promise.reject(away);
      const value: unknown = Reflect.get(target, name, target);
      return value instanceof Function ? (...given: unknown[]): unknown => Reflect.apply(value, target, given) : value;
    },
  });
}

async function recoverWhatNeedsAHuman(observer: OpenTelemetryObserver): Promise<void> {
  const monolith = aMonolith();
  void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
  await new Promise(setImmediate);
  monolith.passes(73 * hour);
  monolith.account.faults.next({ fault: 'loseRequest', times: 100 });
  await monolith.process({ observer }).recover();
}

function askStripe(observer: OpenTelemetryObserver): void {
  const route = '/v1/payment_methods/{id}/attach';
  const about = { method: 'POST', origin: 'https://api.stripe.com', path: route, route } as const;
  for (const tryNumber of [1, 2]) {
    const asked = observer.stripeRequest({ ...about, apiVersion: '2025-10-29.clover', tryNumber, isLive: false });
    if (tryNumber === 1) asked.ended({ status: null, requestId: null, failure: 'timeout' });
    else asked.ended({ status: 200, requestId: 'req_1', failure: null });
  }
}

async function watchATrail({ meterProvider }: Telemetry): Promise<void> {
  const { store: eventStore, paymentMethods } = aMonolith();
  await paymentMethods.attach(ana);
  const sealSink = new InMemorySealSink();
  sealSink.write({ position: 1, sealedAt: '2025-11-23T12:00:00.000Z' });
  const projections = new Projections({ eventStore, readModels: new InMemoryReadModels() });
  observeTrail({
    eventStore,
    clock: { now: () => new Date() },
    openAttempts: new FoldedOpenAttempts(eventStore),
    sealSink,
    readModels: { projections, watched: [paymentMethodsByCustomer] },
    meterProvider,
  });
}

const failing = (call: Promise<unknown>) =>
  call.then(
    () => Promise.reject(new Error('did not fail')),
    () => {},
  );
