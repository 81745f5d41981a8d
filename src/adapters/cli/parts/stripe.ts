import { PaymentMethods } from '../../../application/paymentMethods.ts';
import { PostgresLeases } from '../../postgres/index.ts';
import { quoteSchema } from '../../postgres/options.ts';
import { StripeGateway } from '../../stripe/index.ts';
import { randomIds, systemClock } from '../../system/system.ts';
import type { Cli } from './cli.ts';
import { badUsage, couldNotRun } from './cliError.ts';
import type { OpenTrail } from './database.ts';
import type { StripeFlag, TrailFlags } from './options.ts';
import { loopbackOrigin } from './options.ts';

/** Lends the use cases over Stripe, or a simulator of it, and an open trail. */
export async function withPaymentMethods<Result>(
  { env }: Cli,
  { schema, trail, ...flags }: StripeFlag & TrailFlags,
  { pool, eventStore }: OpenTrail,
  work: (paymentMethods: PaymentMethods) => Promise<Result>,
): Promise<Result> {
  await refuseEncrypted(pool, { schema, trail });
  const simulator = findSimulator(env, flags);
  const gateway = new StripeGateway({ apiKey: apiKey(env, simulator), baseUrl: simulator?.url });
  const leases = new PostgresLeases({ pool, schema, trail });
  const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds, leases });
  try {
    return await work(paymentMethods);
  } finally {
    await paymentMethods.close();
    await gateway.close();
  }
}

/** What is recorded from here would stand in the clear in a trail that never forgets it: the keys are the application's. */
async function refuseEncrypted(pool: OpenTrail['pool'], { schema, trail }: TrailFlags): Promise<void> {
  const text = `select k.trail from ${quoteSchema(schema)}.customer_keys k where k.trail = $1 limit 1`;
  const { rows } = await pool.query({ text, values: [trail] });
  if (rows.length === 0) return;
  throw couldNotRun(
    `Trail ${trail} keeps personal fields encrypted, and the command line has no keys: what it recorded would stand in the clear for ever. Do it in your application, where the keys are.`,
  );
}

/** Checks, before anything is done, that there is a key to ask with. */
export function checkApiKey({ env }: Cli, flags: StripeFlag): void {
  apiKey(env, findSimulator(env, flags));
}

/** What is asked instead of Stripe, and what said so. */
type Simulator = { readonly url: string; readonly namedBy: '--stripe-url' | 'STRIPE_API_BASE' };

/** The option before the environment, where the examples and the demo have it from too; undefined is Stripe itself. */
function findSimulator(env: NodeJS.ProcessEnv, { stripeUrl }: StripeFlag): Simulator | undefined {
  if (stripeUrl !== undefined) return { url: stripeUrl, namedBy: '--stripe-url' };
  const { STRIPE_API_BASE: base = '' } = env;
  if (base === '' || /^https:\/\/api\.stripe\.com\/?$/.test(base)) return undefined;
  const url = loopbackOrigin(base);
  if (url !== null) return { url, namedBy: 'STRIPE_API_BASE' };
  throw badUsage(
    'STRIPE_API_BASE must be the address of a simulator on this machine, such as http://127.0.0.1:12111, or not be set.',
  );
}

function apiKey(env: NodeJS.ProcessEnv, simulator: Simulator | undefined): string {
  const { STRIPE_API_KEY: key = '' } = env;
  if (simulator === undefined) {
    if (/^[sr]k_(?:test|live)_[A-Za-z0-9_]+$/.test(key)) return key;
    const found = key === '' ? 'is not set' : 'is not a secret or restricted key';
    throw badUsage(
      `STRIPE_API_KEY ${found}. Set it in the environment (sk_… or rk_…); it is never taken as an argument, which others can see.`,
    );
  }
  if (/^[sr]k_live_/.test(key)) {
    throw badUsage(`STRIPE_API_KEY is a live key, and ${simulator.namedBy} names a simulator. Unset one of them.`);
  }
  return key === '' ? 'sk_test_simulator' : key;
}
