import { PaymentMethods, randomIds, systemClock } from 'attach-payment-method';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import { StripeGateway } from 'attach-payment-method/stripe';
import pg from 'pg';
import Stripe from 'stripe';
import * as z from 'zod';
import { startLocalPostgres } from '../src/adapters/localPostgres/index.ts';
import { startChildServer } from './childServer.ts';
import type { Contender, Row } from './harness.ts';
import { compare } from './harness.ts';

const apiKey = 'sk_test_bench';
const floor = 'by hand (SDK + INSERT)';
const createdAtOnce = 32;

/**
 * Attaches per second, this module against what people write by hand: the official SDK, then one INSERT of an audit row.
 * The simulator and a fully durable Postgres run in processes of their own; every attach is of a new payment method. The
 * module is measured as it is shipped: built, and imported by its name.
 */
export async function benchAttach(rounds: number, print: (line: string) => void): Promise<Row[]> {
  const server = await startLocalPostgres();
  const simulator = await startChildServer([
    new URL('../dist/adapters/cli/main.js', import.meta.url).pathname,
    'simulator',
  ]);
  const pool = new pg.Pool({ connectionString: server.url, max: 10 });
  const gateway = new StripeGateway({ apiKey, baseUrl: simulator.url, connections: 128 });
  const stripe = new Stripe(apiKey, sdkAddress(simulator.url));
  const callers = [1, 32, 128];
  const callsPerSample = (count: number) => (count === 1 ? 400 : 2000);
  try {
    await migrate({ pool });
    await pool.query(
      'create table audit (id bigserial primary key, at timestamptz default now(), what text, who text, data json)',
    );
    const customer = (await stripe.customers.create({ name: 'Ana' })).id;
    const perRound = callers.reduce((sum, count) => sum + callsPerSample(count), 0) * 2;
    const ids = await createPaymentMethods(simulator.url, perRound * (rounds + 1), print);
    const contenders: Contender[] = [
      byHand(stripe, pool, ids, customer),
      ours(
        new PaymentMethods({
          eventStore: new PostgresEventStore({ pool }),
          gateway,
          clock: systemClock,
          ids: randomIds,
        }),
        ids,
        customer,
      ),
    ];
    return await compare({ contenders, floor, callers, rounds, callsPerSample, print });
  } finally {
    await gateway.close();
    await pool.end();
    await simulator.stop();
    await server.stop();
  }
}

function byHand(stripe: Stripe, pool: pg.Pool, ids: readonly string[], customer: string): Contender {
  return {
    name: floor,
    once: async (index) => {
      const attached = await stripe.paymentMethods.attach(idAt(ids, index), { customer });
      await pool.query({
        name: 'audit',
        text: 'insert into audit (what, who, data) values ($1, $2, $3)',
        values: ['payment_method.attached', 'bench', JSON.stringify(attached)],
      });
    },
  };
}

function ours(paymentMethods: PaymentMethods, ids: readonly string[], customer: string): Contender {
  return {
    name: 'ours',
    once: async (index) => {
      const result = await paymentMethods.attach({ paymentMethodId: idAt(ids, index), customer, actor: 'bench' });
      if (result.outcome !== 'attached') throw new Error(`the bench wants attached, and got ${JSON.stringify(result)}`);
    },
  };
}

/** By a client that is neither contender's, so that neither comes to the first round warmer than the other. */
async function createPaymentMethods(url: string, count: number, print: (line: string) => void): Promise<string[]> {
  print(`creating ${count} payment methods`);
  const ids: string[] = [];
  const create = { method: 'POST', headers: { authorization: `Bearer ${apiKey}` } };
  const creator = async () => {
    while (ids.length < count) {
      const body = new URLSearchParams({ type: 'card', 'card[token]': 'tok_visa' });
      const answer = await fetch(`${url}/v1/payment_methods`, { ...create, body });
      ids.push(z.object({ id: z.string() }).parse(await answer.json()).id);
    }
  };
  await Promise.all(Array.from({ length: createdAtOnce }, creator));
  return ids;
}

function idAt(ids: readonly string[], index: number): string {
  const id = ids[index];
  if (id === undefined) throw new RangeError(`payment method ${index} was never created`);
  return id;
}

function sdkAddress(url: string): Stripe.StripeConfig {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port), protocol: 'http' };
}
