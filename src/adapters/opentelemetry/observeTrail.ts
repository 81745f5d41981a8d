import type { MeterProvider, MetricOptions, Observable } from '@opentelemetry/api';
import { metrics } from '@opentelemetry/api';
import type { Clock } from '../../application/ports/clock.ts';
import type { EventStore } from '../../application/ports/eventStore.ts';
import type { OpenAttempts } from '../../application/ports/openAttempts.ts';
import type { SealSink } from '../../application/ports/sealSink.ts';
import type { RequestSort } from '../../application/readModels/openAttempts.ts';
import type { Projections } from '../../application/readModels/projections.ts';
import { instrumentationName } from './openTelemetryObserver.ts';

type WatchedReadModels = {
  readonly projections: Pick<Projections, 'status'>;
  /** `Projection`s: a version that was never built lags by the whole trail */
  readonly watched: readonly { readonly name: string; readonly version: number }[];
};

/** What there is to look at. Leave out what you have not: its metrics are then not there. */
export type ObserveTrailParts = {
  readonly eventStore: Pick<EventStore, 'readHead'>;
  readonly clock: Clock;
  /** the one that `PaymentMethods` has: it catches up with the trail at each reading */
  readonly openAttempts?: Pick<OpenAttempts, 'count'> | undefined;
  /** which read models to watch */
  readonly readModels?: WatchedReadModels | undefined;
  readonly sealSink?: Pick<SealSink, 'last'> | undefined;
  /** the trail that all of this is of, an attribute of every gauge; `default` if absent */
  readonly trail?: string | undefined;
  /** the global one if absent */
  readonly meterProvider?: MeterProvider | undefined;
};

type Reading = { readonly gauge: Observable; readonly value: number; readonly attributes?: Record<string, string> };

const requestSorts: readonly RequestSort[] = ['attachment', 'detachment', 'default', 'setup'];

/**
 * Registers gauges of how the trail stands, which are read when the SDK collects, from the database: at its interval (a
 * minute, by default), by one process or by all, which then say the same. What cannot be read is left out of that collection.
 * Answers the function that ends it.
 */
export function observeTrail(parts: ObserveTrailParts): () => void {
  const { trail = 'default' } = parts;
  const meter = (parts.meterProvider ?? metrics).getMeter(instrumentationName);
  const gauge = (name: string, options: MetricOptions) => meter.createObservableGauge(name, options);
  const endings: (() => void)[] = [];
  const register = (gauges: readonly Observable[], read: () => Promise<readonly Reading[]>) => {
    const callback: Parameters<typeof meter.addBatchObservableCallback>[0] = async (result) => {
      for (const { gauge: observed, value, attributes } of await read()) {
        result.observe(observed, value, { 'payment_methods.trail': trail, ...attributes });
      }
    };
    meter.addBatchObservableCallback(callback, [...gauges]);
    endings.push(() => meter.removeBatchObservableCallback(callback, [...gauges]));
  };

  const position = gauge('payment_methods.trail.position', { unit: '{event}', description: "The trail's last event." });
  register([position], async () => [{ gauge: position, value: (await parts.eventStore.readHead()).position }]);

  const { openAttempts, readModels, sealSink } = parts;
  if (openAttempts !== undefined) {
    const open = gauge('payment_methods.open_attempts', {
      unit: '{attempt}',
      description: 'Requests without an outcome.',
    });
    const age = gauge('payment_methods.open_attempts.oldest.age', {
      unit: 's',
      description: 'Since when the oldest request without an outcome is open; 0 where there is none.',
    });
    register([open, age], () => readOpenAttempts(openAttempts, parts.clock, { open, age }));
  }
  if (readModels !== undefined) {
    const lag = gauge('payment_methods.projection.lag', {
      unit: '{event}',
      description: 'Events not in a read model yet.',
    });
    register([lag], () => readLags(parts.eventStore, readModels, lag));
  }
  if (sealSink !== undefined) {
    const sealed = gauge('payment_methods.seal.position', {
      unit: '{event}',
      description: 'The last event under a seal.',
    });
    const age = gauge('payment_methods.seal.age', { unit: 's', description: 'Since the last seal was made.' });
    register([sealed, age], async () => {
      const seal = await sealSink.last(trail);
      if (seal === null) return [{ gauge: sealed, value: 0 }];
      return [
        { gauge: sealed, value: seal.position },
        { gauge: age, value: secondsSince(seal.sealedAt, parts.clock) },
      ];
    });
  }
  return () => {
    for (const end of endings.splice(0)) end();
  };
}

async function readOpenAttempts(
  openAttempts: Pick<OpenAttempts, 'count'>,
  clock: Clock,
  { open, age }: { readonly open: Observable; readonly age: Observable },
): Promise<readonly Reading[]> {
  const counts = await openAttempts.count();
  return requestSorts.flatMap((sort) => {
    const found = counts.find((one) => one.sort === sort);
    const attributes = { 'payment_methods.request.sort': sort };
    return [
      { gauge: open, value: found?.count ?? 0, attributes },
      { gauge: age, value: found === undefined ? 0 : secondsSince(found.oldest, clock), attributes },
    ];
  });
}

async function readLags(
  eventStore: Pick<EventStore, 'readHead'>,
  { projections, watched }: WatchedReadModels,
  lag: Observable,
): Promise<readonly Reading[]> {
  const { position: head } = await eventStore.readHead();
  return Promise.all(
    watched.map(async ({ name, version }) => {
      const generations = await projections.status({ name });
      const active = generations.find((one) => one.state === 'active' && one.version === version);
      const value = Math.max(0, head - (active?.position ?? 0));
      return { gauge: lag, value, attributes: { 'payment_methods.projection.name': name } };
    }),
  );
}

function secondsSince(instant: string, clock: Clock): number {
  return Math.max(0, (clock.now().getTime() - Date.parse(instant)) / 1000);
}
