import type { Counter, Gauge, Histogram, Meter } from '@opentelemetry/api';

/** Seconds, from a local append to the longest call: a gateway's deadline is 20. */
const durationBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40];
const sizeBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** What is counted and timed as it happens. */
export type Instruments = {
  readonly operations: Counter;
  readonly operationDuration: Histogram;
  readonly requestDuration: Histogram;
  readonly retries: Counter;
  readonly appendDuration: Histogram;
  readonly batchSize: Histogram;
  readonly batchDuration: Histogram;
  readonly appendWait: Histogram;
  readonly recovered: Counter;
  readonly stuck: Gauge;
  readonly findings: Counter;
};

export function makeInstruments(meter: Meter): Instruments {
  const seconds = (name: string, description: string) =>
    meter.createHistogram(name, {
      description,
      unit: 's',
      advice: { explicitBucketBoundaries: [...durationBoundaries] },
    });
  const count = (name: string, unit: string, description: string) => meter.createCounter(name, { description, unit });
  return {
    operations: count('payment_methods.operations', '{operation}', 'Calls that ended, by outcome and reason.'),
    operationDuration: seconds('payment_methods.operation.duration', 'How long calls take, Stripe included.'),
    requestDuration: seconds(
      'payment_methods.stripe.request.duration',
      'How long a request to Stripe takes; a retry is a request of its own.',
    ),
    retries: count('payment_methods.stripe.retries', '{retry}', 'Requests to Stripe that repeat an earlier one.'),
    appendDuration: seconds('payment_methods.append.duration', 'How long appends take, their wait included.'),
    batchSize: meter.createHistogram('payment_methods.append.batch.size', {
      description: 'Appends that went to the database together.',
      unit: '{append}',
      advice: { explicitBucketBoundaries: [...sizeBoundaries] },
    }),
    batchDuration: seconds('payment_methods.append.batch.duration', 'How long the database takes for a batch.'),
    appendWait: seconds('payment_methods.append.wait', 'How long an append waits for its batch to be sent.'),
    recovered: count('payment_methods.recovery.requests', '{request}', 'Open requests by what passes made of them.'),
    stuck: meter.createGauge('payment_methods.recovery.stuck', {
      description: 'Requests that the last pass found open for too long, and those of them that need a human.',
      unit: '{request}',
    }),
    findings: count(
      'payment_methods.sweep.findings',
      '{finding}',
      'What sweeps found that the trail had missed or denies.',
    ),
  };
}
