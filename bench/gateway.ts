import type { CustomerId, PaymentMethodId } from 'attach-payment-method';
import { StripeGateway } from 'attach-payment-method/stripe';
import Stripe from 'stripe';
import { Pool } from 'undici';
import { startChildServer } from './childServer.ts';
import type { Contender, Row } from './harness.ts';
import { compare } from './harness.ts';

const apiKey = 'sk_test_bench';
const floor = 'official SDK';
const bare = 'undici Pool.request';
const connections = 128;
const paymentMethodId = 'pm_1Bench' as PaymentMethodId;
const customer = { kind: 'customer', id: 'cus_Bench' as CustomerId } as const;
const apiVersion = '2025-10-29.clover';

/**
 * Attach requests per second, and this process' CPU for each, against a server in another process that answers at once:
 * our gateway, the official SDK as it comes, and undici with nothing around it but `JSON.parse`.
 */
export async function benchGateway(rounds: number, print: (line: string) => void): Promise<Row[]> {
  const server = await startChildServer([...process.execArgv, new URL('./cannedStripe.ts', import.meta.url).pathname]);
  const { hostname, port } = new URL(server.url);
  const gateway = new StripeGateway({ apiKey, baseUrl: server.url, connections });
  const stripe = new Stripe(apiKey, { host: hostname, port: Number(port), protocol: 'http' });
  const pool = new Pool(server.url, { connections });
  try {
    return await compare({
      contenders: [sdk(stripe), ours(gateway), undiciAlone(pool)],
      floor,
      callers: [1, 32, 128],
      rounds,
      callsPerSample: (callers) => (callers === 1 ? 2_000 : 8_000),
      print,
    });
  } finally {
    await gateway.close();
    await pool.close();
    await server.stop();
  }
}

function sdk(stripe: Stripe): Contender {
  return {
    name: floor,
    once: async () => {
      const attached = await stripe.paymentMethods.attach(paymentMethodId, { customer: customer.id });
      if (attached.customer !== customer.id) throw new Error('the bench wants it attached');
    },
  };
}

function ours(gateway: StripeGateway): Contender {
  return {
    name: 'ours',
    cpuFloor: bare,
    once: async (index) => {
      const request = { paymentMethodId, customer, idempotencyKey: `bench-${index}`, apiVersion };
      const { answer } = await gateway.attach(request);
      if (answer !== 'attached') throw new Error(`the bench wants attached, and got ${answer}`);
    },
  };
}

function undiciAlone(pool: Pool): Contender {
  return {
    name: bare,
    once: async (index) => {
      const { body } = await pool.request({
        method: 'POST',
        path: `/v1/payment_methods/${paymentMethodId}/attach`,
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/x-www-form-urlencoded',
          'stripe-version': apiVersion,
          'idempotency-key': `bench-${index}`,
        },
        body: `customer=${customer.id}`,
      });
      const attached = JSON.parse(await body.text()) as { readonly customer: string };
      if (attached.customer !== customer.id) throw new Error('the bench wants it attached');
    },
  };
}
