import { readFileSync } from 'node:fs';
import type { Meter, MeterProvider } from '@opentelemetry/api';
import { createNoopMeter } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observeTrail, OpenTelemetryObserver } from '../../../src/adapters/opentelemetry/index.ts';
import { paymentMethodsByCustomer } from '../../../src/application/readModels/paymentMethodsByCustomer.ts';
import { Projections } from '../../../src/application/readModels/projections.ts';
import { FoldedOpenAttempts } from '../../../src/application/readModels/foldedOpenAttempts.ts';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import { systemClock } from '../../../src/adapters/system/system.ts';
import type { Labels } from './driven.ts';
import { drive } from './driven.ts';
import { aggregationsIn, alerts, labelListsIn, panels, rules, selectorsIn } from './expressions.ts';
import { InMemorySealSink } from './sealSink.ts';
import { startTelemetry } from './telemetry.ts';

type Registered = { readonly name: string; readonly kind: string; readonly unit: string };

/** Every instrument that the adapter makes, as it asks a meter for it. */
function registered(): readonly Registered[] {
  const instruments: Registered[] = [];
  const meter: Meter = new Proxy(createNoopMeter(), {
    get: (target, method) => {
      const made: unknown = Reflect.get(target, method);
      const kind = /^create(\w+)$/.exec(String(method))?.[1];
      if (kind === undefined || typeof made !== 'function') return made;
      return (name: string, options: { readonly unit: string }) => {
        instruments.push({ name, kind, unit: options.unit });
        const instrument: unknown = Reflect.apply(made, target, [name, options]);
        return instrument;
      };
    },
  });
  const meterProvider: MeterProvider = { getMeter: () => meter };
  const eventStore = new InMemoryEventStore();
  const projections = new Projections({ eventStore, readModels: new InMemoryReadModels() });
  new OpenTelemetryObserver({ meterProvider });
  observeTrail({
    eventStore,
    clock: systemClock,
    openAttempts: new FoldedOpenAttempts(eventStore),
    sealSink: new InMemorySealSink(),
    readModels: { projections, watched: [paymentMethodsByCustomer] },
    meterProvider,
  });
  return instruments;
}

/** https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/ */
function prometheusNames({ name, kind, unit }: Registered): readonly string[] {
  const base = `${toLabel(name)}${unit === 's' ? '_seconds' : ''}`;
  if (kind === 'Histogram') return ['_bucket', '_sum', '_count'].map((suffix) => `${base}${suffix}`);
  return [kind === 'Counter' ? `${base}_total` : base];
}

const toLabel = (name: string) => name.replaceAll('.', '_');

const expressions = [...panels(), ...alerts()];
const trail = 'payment_methods_trail';

let telemetry: ReturnType<typeof startTelemetry>;
/** What each instrument really says, by the metric's name. */
let driven: ReadonlyMap<string, Labels>;
/** The same by the names, and with the labels, that Prometheus has. */
let series: ReadonlyMap<string, Labels>;
/** Attributes of spans. */
let ofSpans: ReadonlySet<string>;
beforeAll(async () => {
  telemetry = startTelemetry();
  driven = await drive(telemetry, new OpenTelemetryObserver(telemetry));
  ofSpans = new Set(telemetry.spans().flatMap(({ attributes }) => Object.keys(attributes)));
  series = new Map(
    registered().flatMap((one) => {
      const said = [...(driven.get(one.name) ?? [])].map(([name, values]) => [toLabel(name), values] as const);
      return prometheusNames(one).map((name) => {
        const labels = name.endsWith('_bucket') ? [...said, ['le', new Set<string>()] as const] : said;
        return [name, new Map(labels)] as const;
      });
    }),
  );
});
afterAll(() => telemetry.stop());

const labelsOf = (metric: string) => [...(series.get(metric)?.keys() ?? [])];

describe('the dashboard and the alert rules', () => {
  it('name metrics that the adapter registers, and no other', () => {
    const unknown = expressions.flatMap(({ in: place, expr }) =>
      selectorsIn(expr)
        .filter(({ metric }) => !series.has(metric))
        .map(({ metric }) => `${place}: ${metric}`),
    );
    expect(unknown).toEqual([]);
    expect(expressions.length).toBeGreaterThan(20);
  });

  it('ask a metric for labels and values that it really has, and no other', () => {
    const unknown = expressions.flatMap(({ in: place, expr }) =>
      selectorsIn(expr).flatMap(({ metric, matchers }) =>
        matchers.flatMap(({ label, values }) => {
          const has = series.get(metric)?.get(label);
          if (has === undefined) return [`${place}: ${metric} has no ${label}`];
          return values.filter((value) => !has.has(value)).map((value) => `${place}: no ${label} is ${value}`);
        }),
      ),
    );
    expect(unknown).toEqual([]);
  });

  it('group by labels that each metric in the group really has', () => {
    const unknown = expressions.flatMap(({ in: place, expr }) =>
      aggregationsIn(expr).flatMap(({ by, over }) => {
        expect(over.length, place).toBeGreaterThan(0);
        const has = over.map(({ metric }) => labelsOf(metric));
        return by
          .filter((label) => !has.every((labels) => labels.includes(label)))
          .map((label) => `${place}: ${label}`);
      }),
    );
    expect(unknown).toEqual([]);
  });

  it('match by, and show, labels that are there', () => {
    for (const { in: place, expr, shown } of expressions) {
      const has = selectorsIn(expr).flatMap(({ metric }) => labelsOf(metric));
      expect(has, place).toEqual(expect.arrayContaining([...labelListsIn(expr)]));
      const kept = aggregationsIn(expr).flatMap(({ by }) => by);
      expect(kept, place).toEqual(expect.arrayContaining([...shown]));
    }
  });

  it('keep trails apart: what is well with one hides nothing of another', () => {
    for (const { in: place, expr } of alerts()) {
      for (const { by } of aggregationsIn(expr)) expect(by, place).toContain(trail);
    }
    const gauges = new Set(
      registered()
        .filter(({ kind }) => kind.endsWith('Gauge'))
        .flatMap(prometheusNames),
    );
    for (const { in: place, expr } of panels()) {
      for (const { metric, matchers } of selectorsIn(expr)) {
        expect(
          matchers.map(({ label }) => label),
          `${place}: ${metric}`,
        ).toContain(trail);
      }
      for (const { by, over } of aggregationsIn(expr)) {
        if (over.some(({ metric }) => gauges.has(metric))) expect(by, place).toContain(trail);
      }
    }
  });

  it('show every metric: none is made that nobody looks at', () => {
    const shown = new Set(panels().flatMap(({ expr }) => selectorsIn(expr).map(({ metric }) => metric)));
    const unseen = registered().filter((one) => !prometheusNames(one).some((name) => shown.has(name)));
    expect(unseen).toEqual([]);
  });

  it('have an expression, a severity and a place to read on for every alert', () => {
    for (const rule of rules()) {
      expect(rule).toMatchObject({
        alert: expect.stringMatching(/^PaymentMethods\w+$/),
        expr: expect.any(String),
        labels: { severity: expect.stringMatching(/^(?:page|warn)$/) },
        annotations: { summary: expect.any(String), runbook: expect.any(String) },
      });
      expect(readFileSync(rule.annotations.runbook.split(',')[0] ?? '', 'utf8')).not.toBe('');
    }
  });
});

describe('docs/observability.md', () => {
  const page = readFileSync('docs/observability.md', 'utf8');
  const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, found = '']) => found);
  const rows = [...page.matchAll(/^\| `(payment_methods\.[a-z._]+)` \| \w+ \| `([^`]+)` \|(.*?) \| (.*) \|$/gm)].map(
    ([, name = '', unit = '', attributes = '', what = '']) => ({ name, unit, attributes, what }),
  );

  it('has a row for every metric, with its unit, and for no other', () => {
    expect(rows.map(({ name, unit }) => `${name} ${unit}`).sort()).toEqual(
      registered()
        .map(({ name, unit }) => `${name} ${unit}`)
        .sort(),
    );
  });

  it('has the attributes in it that each metric really has, besides the trail, which all have', () => {
    let above: readonly string[] = [];
    for (const { name, attributes } of rows) {
      above = attributes === ' the same' ? above : quoted(attributes);
      const said = [...(driven.get(name)?.keys() ?? [])];
      expect(said, name).toContain('payment_methods.trail');
      expect([...above].sort(), name).toEqual(said.filter((one) => one !== 'payment_methods.trail').sort());
    }
  });

  it('quotes values that they really have', () => {
    for (const { name, what } of rows) {
      const values = [...(driven.get(name)?.values() ?? [])].flatMap((some) => [...some]);
      expect(values, name).toEqual(expect.arrayContaining(quoted(what)));
    }
  });

  it('names no attribute that the adapter has not', () => {
    const named = [...page.matchAll(/`((?:payment_methods|stripe|http|url|server|error)\.[a-z._]+)`/g)].map(
      ([, name = '']) => name,
    );
    const known = new Set([
      ...ofSpans,
      ...[...driven.values()].flatMap((labels) => [...labels.keys()]),
      ...registered().map(({ name }) => name),
      ...telemetry.spans().map(({ name }) => name),
    ]);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
