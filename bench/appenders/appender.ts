import pg from 'pg';
import { documentedExample, StripeAccount } from '../../src/adapters/simulator/index.ts';

/** An event store that can append one event, and the pool or server connections it holds. */
export type Appender = {
  readonly name: string;
  /** Appends one sample event to a stream that has this version, 0 for none; rejects where it has another. */
  readonly append: (stream: string, version: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A pool as every appender has one: of 10 connections, as `pg` makes them by default. */
export function makePool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  // A connection that is still closing when the server stops has nobody else to tell.
  pool.on('error', () => {});
  return pool;
}

const account = new StripeAccount({ documentedExample: true });
const { body } = account.handle({
  method: 'GET',
  path: `/v1/payment_methods/${documentedExample.paymentMethodId}`,
  headers: { authorization: 'Bearer sk_test_bench' },
});

/** An event's type, data and metadata: a payment method as Stripe answers it, 1 KB in all. The same for everyone. */
export const sample = {
  type: 'PaymentMethodAttached',
  data: JSON.stringify(JSON.parse(body)),
  metadata: JSON.stringify({
    schemaVersion: 1,
    actor: 'bench',
    correlationId: '7d4bb9c6-4c0f-4ac4-a57b-6d1c6a2a1f5b',
    causationId: '0d3dbbd7-7a6c-4c4e-9d35-6c6a3d1f9a55',
  }),
};
