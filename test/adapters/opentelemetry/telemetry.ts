import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { DataPoint } from '@opentelemetry/sdk-metrics';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** The real SDK of a host, which keeps what it is given in memory. Its context manager is the process's. */
export function startTelemetry() {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const collected = async () => {
    metricExporter.reset();
    await meterProvider.forceFlush();
    const scopes = metricExporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
    return scopes.flatMap(({ metrics }) => metrics);
  };
  return {
    tracerProvider,
    meterProvider,
    /** those that have ended, in the order that they did */
    spans: (): readonly ReadableSpan[] => exporter.getFinishedSpans(),
    forgetSpans: () => exporter.reset(),
    collected,
    /** The points of one metric: their attributes, and their value, or their count where it is a histogram. */
    points: async (name: string) => {
      const metric = (await collected()).find(({ descriptor }) => descriptor.name === name);
      return (metric?.dataPoints ?? []).map(({ attributes, value }: DataPoint<unknown>) => ({
        attributes,
        value: isHistogram(value) ? value.count : value,
      }));
    },
    stop: async () => {
      context.disable();
      await tracerProvider.shutdown();
      await meterProvider.shutdown();
    },
  };
}

function isHistogram(value: unknown): value is { readonly count: number } {
  return typeof value === 'object' && value !== null && 'count' in value;
}

/** Spans as a tree of their names, each under its parent, in the order they began. */
export function treeOf(spans: readonly ReadableSpan[], parentId?: string): readonly unknown[] {
  const begun = [...spans].sort((one, other) => nanoseconds(one) - nanoseconds(other));
  return begun
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parentId)
    .map((span) => {
      const children = treeOf(spans, span.spanContext().spanId);
      return children.length === 0 ? span.name : [span.name, ...children];
    });
}

function nanoseconds({ startTime: [seconds, nanos] }: ReadableSpan): number {
  return seconds * 1e9 + nanos;
}
