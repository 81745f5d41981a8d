import pg from 'pg';
import { Pool } from 'undici';
import * as z from 'zod';
import { startLocalPostgres } from '../../localPostgres/index.ts';
import { startSimulator } from '../../simulator/index.ts';
import type { LossyLine } from './lossyLine.ts';
import { startLossyLine } from './lossyLine.ts';

/** What the demo runs on, and how to take it down again. */
export type DemoSetting = {
  readonly pool: pg.Pool;
  readonly postgres: string;
  readonly stripe: string;
  readonly apiKey: string;
  readonly line: LossyLine;
  /** Creates something at Stripe and answers its id. */
  readonly create: (path: string, form: Readonly<Record<string, string>>) => Promise<string>;
  close(): Promise<void>;
};

/** Undoes what was set up, last first; whatever was reached before something failed. */
type Undo = (() => Promise<unknown>)[];

/**
 * The host's own Postgres (DATABASE_URL) and Stripe in test mode (STRIPE_API_KEY) where they are given; else a durable
 * Postgres in a temporary folder, and the simulator.
 */
export async function setUpDemo(environment: NodeJS.ProcessEnv): Promise<DemoSetting> {
  const undo: Undo = [];
  const close = async () => {
    const failures: unknown[] = [];
    // A step that fails keeps none of the others from being undone.
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'The demo was not taken down in full.');
  };
  try {
    const postgres = await setUpPostgres(environment['DATABASE_URL'], undo);
    const pool = new pg.Pool({ connectionString: postgres.url });
    pool.on('error', () => {});
    undo.push(() => pool.end());
    const { target, apiKey, stripe } = await setUpStripe(environment, undo);
    const line = await startLossyLine(target);
    undo.push(() => line.close());
    const far = new Pool(target);
    undo.push(() => far.close());
    const create = (path: string, form: Readonly<Record<string, string>>) => createAt(far, apiKey, path, form);
    return { pool, postgres: postgres.name, stripe, apiKey, line, create, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is wrong with the settings, and what to do; null when nothing is. */
export function findProblem(environment: NodeJS.ProcessEnv): string | null {
  const { STRIPE_API_KEY: key, STRIPE_API_BASE: base, DATABASE_URL: database } = environment;
  if (key !== undefined && !/^[sr]k_test_/.test(key)) {
    return 'STRIPE_API_KEY is not a test key (sk_test_… or rk_test_…). The demo creates customers and cards: give it one.';
  }
  if (key === undefined && base !== undefined) {
    return 'STRIPE_API_BASE is set and STRIPE_API_KEY is not: set both, or neither for the simulator.';
  }
  if (base !== undefined && !/^https?:$/.test(URL.canParse(base) ? new URL(base).protocol : '')) {
    return 'STRIPE_API_BASE must be an address such as http://127.0.0.1:12111.';
  }
  if (database !== undefined && !/^postgres(ql)?:$/.test(URL.canParse(database) ? new URL(database).protocol : '')) {
    return 'DATABASE_URL must be an address such as postgres://user:password@127.0.0.1:5432/database.';
  }
  return null;
}

async function setUpPostgres(given: string | undefined, undo: Undo) {
  if (given !== undefined) return { url: given, name: 'the one at DATABASE_URL' };
  const server = await startLocalPostgres();
  undo.push(() => server.stop());
  return { url: server.url, name: `${server.version}, durable, in ${server.folder}, removed at the end` };
}

async function setUpStripe(environment: NodeJS.ProcessEnv, undo: Undo) {
  const { STRIPE_API_KEY: apiKey, STRIPE_API_BASE: target = 'https://api.stripe.com' } = environment;
  if (apiKey !== undefined) return { target, apiKey, stripe: `${target}, with your STRIPE_API_KEY` };
  const simulator = await startSimulator();
  undo.push(() => simulator.close());
  return { target: simulator.url, apiKey: 'sk_test_demo', stripe: `simulator at ${simulator.url}` };
}

async function createAt(far: Pool, apiKey: string, path: string, form: Readonly<Record<string, string>>) {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/x-www-form-urlencoded' };
  const request = { method: 'POST', path, headers, body: new URLSearchParams(form).toString() } as const;
  const answer = await far.request(request).catch((cause: unknown) => {
    throw new Error('Stripe could not be reached: check STRIPE_API_BASE, or that this machine may call out.', {
      cause,
    });
  });
  const body = z
    .object({ id: z.string().optional(), error: z.object({ message: z.string().optional() }).optional() })
    .parse(await answer.body.json());
  if (body.id === undefined)
    throw new Error(`POST ${path} was refused (${answer.statusCode}): ${body.error?.message ?? ''}`);
  return body.id;
}
