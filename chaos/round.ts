import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chance } from '../sim/engine/chance.ts';
import { Callers } from './callers.ts';
import type { Database } from './database.ts';
import type { Breakable, Deck, Fault } from './faults.ts';
import { failover, failoverName, faults } from './faults.ts';
import { Fleet } from './fleet.ts';
import type { Verdicts } from './judge.ts';
import { judge } from './judge.ts';
import { Line } from './line.ts';
import { comeToRest } from './rest.ts';
import { apiKey, StripeServer } from './stripe/stripeServer.ts';
import { customers, secretEmail, Workload } from './workload.ts';

export type Programs = { readonly app: string; readonly stripe: string };

/** One trail and one Stripe account, some faults, then the rest and the verdict. */
export type RoundPlan = {
  readonly name: string;
  readonly cycles: number;
  readonly programs: Programs;
  readonly database: Database;
  readonly seed: number;
  readonly deck: Deck;
  /** true where the primary is lost in the midst of it: it has a synchronous standby */
  readonly failsOver: boolean;
  /** true where personal fields are encrypted, and customers forgotten */
  readonly encrypts: boolean;
  /** how to undo what was done, the last thing first */
  readonly undo: (() => Promise<void>)[];
};

export type RoundResult = Verdicts & {
  /** what struck, in order */
  readonly struck: readonly string[];
  readonly cycleMs: readonly number[];
};

const processes = 3;
/** A cycle that is not over by then goes on beside the next one. */
const cycleLimitMs = 600;

/** Runs one, and leaves nothing behind. What has to be undone is in `undo` meanwhile, for whoever interrupts it. */
export async function runRound(plan: RoundPlan): Promise<RoundResult> {
  const { undo } = plan;
  const before = undo.length;
  try {
    return await round(plan, undo);
  } finally {
    while (undo.length > before) await undo.pop()?.();
  }
}

async function round(plan: RoundPlan, undo: (() => Promise<void>)[]): Promise<RoundResult> {
  const { database, cycles, name, programs } = plan;
  const chance = new Chance(plan.seed);
  if (plan.failsOver) await database.addStandby();
  const stripe = await StripeServer.start(programs.stripe);
  undo.push(() => stripe.close());
  await stripe.load({ customers: customers.map((id) => ({ id, email: secretEmail })) });
  const stripeLine = await lineTo(stripe.port, undo);
  const slots = await Promise.all(Array.from({ length: processes }, () => lineTo(null, undo)));
  const webhookSecrets = await Promise.all(slots.map(({ port }) => stripe.addWebhooks(`http://127.0.0.1:${port}/`)));
  const stripeUrl = `http://127.0.0.1:${stripeLine.port}`;
  const masterKey = plan.encrypts ? randomBytes(32).toString('hex') : null;
  const settings = { databaseUrl: database.url, stripeUrl, trail: name, apiKey, webhookSecrets, masterKey };
  const fleet = new Fleet(programs.app, settings, slots);
  undo.push(() => fleet.close());
  await fleet.start();
  const callers = new Callers(fleet, chance);
  const workload = new Workload(new Chance(plan.seed), callers, plan.encrypts);
  const breakable = { chance, fleet, database, stripe, stripeLine };
  const cutBefore = database.line.cuts;
  const struck: string[] = [];
  const cycleMs: number[] = [];
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const isFailover = plan.failsOver && cycle === Math.ceil(cycles / 2);
    const fault = isFailover ? failoverName : plan.deck.deal((one) => !plan.failsOver || isHarmlessToStandby(one));
    struck.push(fault);
    const startedAt = performance.now();
    await runCycle(isFailover ? failover : faults[fault], breakable, workload);
    cycleMs.push(performance.now() - startedAt);
  }
  const isResting = await comeToRest({ ...breakable, callers, trail: name });
  await fleet.close();
  await database.untilDeserted();
  const verdicts = await judge({
    stripe,
    database,
    fleet,
    callers,
    workload,
    isResting,
    trail: name,
    secrets: webhookSecrets,
    masterKey,
  });
  const cuts = { 'cuts to the database': database.line.cuts - cutBefore, 'cuts to Stripe': stripeLine.cuts };
  return { ...verdicts, counts: { ...verdicts.counts, ...cuts }, struck, cycleMs };
}

async function runCycle(fault: Fault | undefined, breakable: Breakable, workload: Workload): Promise<void> {
  if (fault === undefined) throw new Error('There is no such fault.');
  const { chance, stripe } = breakable;
  const paymentMethods = workload.nextPaymentMethods();
  await stripe.load({ payment_methods: paymentMethods });
  if (fault.comes === 'early') await fault.strike(breakable);
  const calls = workload.burst(paymentMethods);
  if (fault.comes === 'amid') {
    await sleep(chance.between(0, 120));
    await fault.strike(breakable);
  }
  const limit = new AbortController();
  await Promise.race([calls, sleep(cycleLimitMs, undefined, { signal: limit.signal }).catch(() => {})]);
  limit.abort();
}

/** A primary that restarts, or drops all connections, keeps its commits waiting until the standby is back. */
function isHarmlessToStandby(fault: string): boolean {
  return fault !== 'immediate stop of Postgres' && fault !== 'SIGKILL of a backend';
}

async function lineTo(port: number | null, undo: (() => Promise<void>)[]): Promise<Line> {
  const line = await Line.start(port);
  undo.push(() => line.close());
  return line;
}
