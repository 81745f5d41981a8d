import { readdirSync, readFileSync } from 'node:fs';
import type { Meter, MeterProvider } from '@opentelemetry/api';
import { createNoopMeter } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { observeTrail, OpenTelemetryObserver } from '../../../src/adapters/opentelemetry/index.ts';
import { paymentMethodsByCustomer } from '../../../src/application/readModels/paymentMethodsByCustomer.ts';
import { Projections } from '../../../src/application/readModels/projections.ts';
import { FoldedOpenAttempts } from '../../../src/application/readModels/foldedOpenAttempts.ts';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import { systemClock } from '../../../src/adapters/system/system.ts';
import { InMemorySealSink } from './sealSink.ts';

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

/** Every attribute that the adapter has a name for. */
function attributes(): ReadonlySet<string> {
  const folder = 'src/adapters/opentelemetry';
  const source = readdirSync(folder)
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
    .join('');
  return new Set([...source.matchAll(/'([a-z_]+\.[a-z_.]+)'/g)].map(([, name = '']) => name));
}

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
};

type Expression = { readonly in: string; readonly expr: string };

function panels(): readonly Expression[] {
  const dashboard: { panels: { title: string; targets?: { expr: string }[] }[] } = JSON.parse(
    readFileSync('docs/observability/dashboard.json', 'utf8'),
  );
  return dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ in: title, expr })));
}

function rules(): readonly Rule[] {
  const file: { groups: { rules: Rule[] }[] } = parse(readFileSync('docs/observability/alerts.yml', 'utf8'));
  return file.groups.flatMap((group) => group.rules);
}

const alerts = (): readonly Expression[] => rules().map(({ alert, expr }) => ({ in: alert, expr }));

const expressions = [...panels(), ...alerts()];
const labelsIn = (expr: string) => [
  ...[...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner = '']) =>
    [...inner.replaceAll(/"[^"]*"/g, '').matchAll(/\w+/g)].map(([label]) => label),
  ),
  ...[...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, inner = '']) => inner.split(', ')),
];

describe('the dashboard and the alert rules', () => {
  it('name metrics that the adapter registers, and no other', () => {
    const known = new Set(registered().flatMap(prometheusNames));
    const labels = new Set(expressions.flatMap(({ expr }) => labelsIn(expr)));
    const unknown = expressions.flatMap(({ in: place, expr }) =>
      [...expr.matchAll(/payment_methods_\w+/g)]
        .map(([name]) => name)
        .filter((name) => !known.has(name) && !labels.has(name))
        .map((name) => `${place}: ${name}`),
    );
    expect(unknown).toEqual([]);
    expect(expressions.length).toBeGreaterThan(20);
  });

  it('name labels that the adapter has attributes for, and no other', () => {
    const known = new Set(['le', ...[...attributes()].map(toLabel)]);
    const unknown = expressions.flatMap(({ in: place, expr }) =>
      labelsIn(expr)
        .filter((label) => !known.has(label))
        .map((label) => `${place}: ${label}`),
    );
    expect(unknown).toEqual([]);
  });

  it('show every metric: none is made that nobody looks at', () => {
    const shown = panels()
      .map(({ expr }) => expr)
      .join('\n');
    const unseen = registered().filter((one) => !prometheusNames(one).some((name) => shown.includes(name)));
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

  it('has a row for every metric, with its unit, and for no other', () => {
    const rows = [...page.matchAll(/^\| `(payment_methods\.[a-z._]+)` \| \w+ \| `([^`]+)` \|/gm)];
    expect(rows.map(([, name, unit]) => `${name} ${unit}`).sort()).toEqual(
      registered()
        .map(({ name, unit }) => `${name} ${unit}`)
        .sort(),
    );
  });

  it('names no attribute that the adapter has not', () => {
    const named = [...page.matchAll(/`((?:payment_methods|stripe|http|url|server|error)\.[a-z._]+)`/g)].map(
      ([, name]) => name,
    );
    const known = new Set([...attributes(), ...registered().map(({ name }) => name)]);
    const spans = new Set(['attach', 'append', 'settle'].map((name) => `payment_methods.${name}`));
    expect(named.filter((name = '') => !known.has(name) && !spans.has(name))).toEqual([]);
  });
});
