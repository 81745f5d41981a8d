import pg from 'pg';
import { Pool } from 'undici';
import { z } from 'zod';
import { startLocalPostgres } from '../localPostgres/index.ts';
import { startSimulator } from '../simulator/index.ts';
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
    for (const step of undo.splice(0).reverse()) await step();
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
  const answer = await far.request({ method: 'POST', path, headers, body: new URLSearchParams(form).toString() });
  const body = z
    .object({ id: z.string().optional(), error: z.object({ message: z.string().optional() }).optional() })
    .parse(await answer.body.json());
  if (body.id === undefined)
    throw new Error(`POST ${path} was refused (${answer.statusCode}): ${body.error?.message ?? ''}`);
  return body.id;
}
