import { PaymentMethods } from '../../../application/paymentMethods.ts';
import { PostgresLeases } from '../../postgres/index.ts';
import { quoteSchema } from '../../postgres/options.ts';
import { StripeGateway } from '../../stripe/index.ts';
import { randomIds, systemClock } from '../../system/system.ts';
import type { Cli } from './cli.ts';
import { badUsage, couldNotRun } from './cliError.ts';
import type { OpenTrail } from './database.ts';
import type { StripeFlag, TrailFlags } from './options.ts';
import { httpsOrigin, loopbackOrigin } from './options.ts';

/** Lends the use cases over Stripe, or what is asked instead of it, and an open trail. */
export async function withPaymentMethods<Result>(
  { env, terminal }: Cli,
  { schema, trail, ...flags }: StripeFlag & TrailFlags,
  { pool, eventStore }: OpenTrail,
  work: (paymentMethods: PaymentMethods) => Promise<Result>,
): Promise<Result> {
  await refuseEncrypted(pool, { schema, trail });
  const { apiKey, baseUrl, note } = whomToAsk(env, flags);
  if (note !== undefined) terminal.note(note);
  const gateway = new StripeGateway({ apiKey, baseUrl });
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
  whomToAsk(env, flags);
}

/** Stripe itself where there is no `baseUrl`; `note` tells of one that nobody typed. */
type Asked = { readonly apiKey: string; readonly baseUrl?: string; readonly note?: string };

/** The option before the environment, where the examples and the demo have it from too. */
function whomToAsk(env: NodeJS.ProcessEnv, { stripeUrl }: StripeFlag): Asked {
  const { STRIPE_API_KEY: key = '', STRIPE_API_BASE: base = '' } = env;
  if (stripeUrl !== undefined) {
    return { apiKey: checkNotLive(key, '--stripe-url') || 'sk_test_simulator', baseUrl: stripeUrl };
  }
  if (base === '' || /^https:\/\/api\.stripe\.com\/?$/.test(base)) return { apiKey: checkStripeKey(key) };
  const simulator = loopbackOrigin(base);
  if (simulator !== null) {
    const note = `Asking the simulator at ${simulator}, which STRIPE_API_BASE names.`;
    return { apiKey: checkGiven(checkNotLive(key, 'STRIPE_API_BASE')), baseUrl: simulator, note };
  }
  const proxy = httpsOrigin(base);
  if (proxy !== null) {
    return { apiKey: checkStripeKey(key), baseUrl: proxy, note: `Asking ${proxy}, which STRIPE_API_BASE names.` };
  }
  throw badUsage(
    'STRIPE_API_BASE must be an origin with https, such as a proxy of yours, or a simulator on this machine, such as http://127.0.0.1:12111, or not be set.',
  );
}

function checkStripeKey(key: string): string {
  if (/^[sr]k_(?:test|live)_[A-Za-z0-9_]+$/.test(key)) return key;
  const found = key === '' ? 'is not set' : 'is not a secret or restricted key';
  throw badUsage(
    `STRIPE_API_KEY ${found}. Set it in the environment (sk_… or rk_…); it is never taken as an argument, which others can see.`,
  );
}

function checkNotLive(key: string, namedBy: '--stripe-url' | 'STRIPE_API_BASE'): string {
  if (!/^[sr]k_live_/.test(key)) return key;
  throw badUsage(`STRIPE_API_KEY is a live key, and ${namedBy} names a simulator. Unset one of them.`);
}

/** An address alone may be left from another day: a simulator's answers would be recorded in a trail that is kept. */
function checkGiven(key: string): string {
  if (key !== '') return key;
  throw badUsage(
    'STRIPE_API_KEY is not set, and STRIPE_API_BASE names a simulator. Set both, or neither and name it with --stripe-url.',
  );
}
