import type { Attributes, Meter } from '@opentelemetry/api';

/** Seconds, from a local append to the longest call: a gateway's deadline is 20. */
const durationBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40];
const sizeBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** Notes a value under these attributes, and under those that all have in common. */
export type Measure = (value: number, attributes?: Attributes) => void;

/** What is counted and timed as it happens. */
export type Instruments = ReturnType<typeof makeInstruments>;

/** `common` are the attributes that all have. */
export function makeInstruments(meter: Meter, common: Attributes) {
  const counter = (name: string, unit: string, description: string): Measure => {
    const made = meter.createCounter(name, { description, unit });
    return (value, attributes) => made.add(value, { ...common, ...attributes });
  };
  const gauge = (name: string, unit: string, description: string): Measure => {
    const made = meter.createGauge(name, { description, unit });
    return (value, attributes) => made.record(value, { ...common, ...attributes });
  };
  const histogram = (name: string, unit: string, boundaries: readonly number[], description: string): Measure => {
    const advice = { explicitBucketBoundaries: [...boundaries] };
    const made = meter.createHistogram(name, { description, unit, advice });
    return (value, attributes) => made.record(value, { ...common, ...attributes });
  };
  const seconds = (name: string, description: string) => histogram(name, 's', durationBoundaries, description);
  return {
    operations: counter('payment_methods.operations', '{operation}', 'Calls that ended, by outcome and reason.'),
    operationDuration: seconds('payment_methods.operation.duration', 'How long calls take, Stripe included.'),
    requestDuration: seconds(
      'payment_methods.stripe.request.duration',
      'How long a request to Stripe takes; a retry is a request of its own.',
    ),
    retries: counter('payment_methods.stripe.retries', '{retry}', 'Requests to Stripe that repeat an earlier one.'),
    appendDuration: seconds('payment_methods.append.duration', 'How long appends take, their wait included.'),
    batchSize: histogram(
      'payment_methods.append.batch.size',
      '{append}',
      sizeBoundaries,
      'Appends that went to the database together.',
    ),
    batchDuration: seconds('payment_methods.append.batch.duration', 'How long the database takes for a batch.'),
    appendWait: seconds('payment_methods.append.wait', 'How long an append waits for its batch to be sent.'),
    recovered: counter('payment_methods.recovery.requests', '{request}', 'Open requests by what passes made of them.'),
    stuck: gauge(
      'payment_methods.recovery.stuck',
      '{request}',
      'Requests that the last pass found open for too long, and those of them that need a human.',
    ),
    lastPass: gauge('payment_methods.recovery.last_pass.timestamp', 's', 'When the last pass ended, since 1970.'),
    findings: counter(
      'payment_methods.sweep.findings',
      '{finding}',
      'What sweeps found that the trail had missed or denies.',
    ),
  };
}
