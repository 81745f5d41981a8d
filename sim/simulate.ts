import { StripeAccount } from '../src/adapters/simulator/index.ts';
import { LocalLeases } from '../src/application/recovery/localLeases.ts';
import type { Judged } from './checker/check.ts';
import { check } from './checker/check.ts';
import type { Logs } from './checker/logs.ts';
import { Chance } from './engine/chance.ts';
import { Scheduler } from './engine/scheduler.ts';
import { Sometimes } from './engine/sometimes.ts';
import { Timeline } from './engine/timeline.ts';
import { RandomFaults } from './faults/randomFaults.ts';
import { lookAfterwards } from './world/afterwards.ts';
import { Callers } from './world/callers.ts';
import { Database } from './world/database.ts';
import { Fleet } from './world/fleet.ts';
import { History } from './world/history.ts';
import { comeToRest } from './world/rest.ts';
import { secretEmail, setScene } from './world/scene.ts';
import { isStrangersKey } from './world/strangers.ts';
import { noteTrail } from './world/trailSometimes.ts';
import type { Surroundings } from './world/surroundings.ts';
import { apiKey } from './world/surroundings.ts';
import { WebhookLine } from './world/webhookLine.ts';
import { planWorkload } from './world/workload.ts';

export type RunResult = {
  readonly seed: number;
  readonly judged: readonly Judged[];
  readonly violations: readonly string[];
  readonly sometimes: Sometimes;
  /** attach calls that came back */
  readonly attaches: number;
  /** one line for everything that happened; empty unless asked for */
  readonly timeline: readonly string[];
};

export type RunOptions = { readonly withTimeline?: boolean };

const startsAt = Date.UTC(2025, 10, 23, 12);
const maxSkews = [0, 0, 500, 5_000, 60_000] as const;

/** One whole life of a host: everything in it follows from the seed. */
export async function simulate(seed: number, { withTimeline = false }: RunOptions = {}): Promise<RunResult> {
  const chance = new Chance(seed);
  const scheduler = new Scheduler(startsAt, chance);
  const now = () => scheduler.now;
  const timeline = withTimeline ? new Timeline(now) : undefined;
  const workMs = chance.pick([0, 0, 1]);
  const account = new StripeAccount({ id: 'acct_1Host', now, random: chance.random, workMs, keeps: { requests: 5_000 } });
  const around: Surroundings = {
    scheduler,
    chance,
    account,
    timeline,
    faults: new RandomFaults(chance),
    database: new Database(now),
    sometimes: new Sometimes(),
    unexpected: [],
    keyUsers: new Map(),
    transit: { count: 0 },
    leases: new LocalLeases({ now: () => new Date(scheduler.now) }),
  };
  const scene = setScene(account, chance);
  const fleet = new Fleet(around, {
    processes: chance.between(2, 3),
    maxSkewMs: chance.pick(maxSkews),
    downMs: chance.pick([
      [10, 2_000],
      [1_000, 90_000],
    ] as const),
  });
  const webhooks = chance.hits(0.6) ? new WebhookLine(around, fleet, webhookPlan(chance)) : null;
  const history = new History(now);
  const callers = new Callers(around, fleet, history);
  const lastsMs = planWorkload({ around, scene, callers, fleet });
  await scheduler.passes(lastsMs);
  const { isResting } = await comeToRest({ around, fleet, callers, webhooks });
  const operations = history.operations.slice();
  const trail = await around.database.events();
  const acknowledged = around.database.acknowledged.slice();
  const stripe = {
    effects: account.effects.slice(),
    requests: account.requests.slice(),
    ownersBefore: scene.ownersBefore,
    ownerOf: ownersIn(account),
    isStrangersKey,
  };
  const afterwards = await lookAfterwards(around, operations, fleet.nextId);
  const logs: Logs = {
    ...afterwards,
    history: operations,
    stripe,
    trail,
    acknowledged,
    tellsAll: webhooks !== null,
    lostEvents: false,
    isResting,
    unexpected: around.unexpected,
    secrets: [apiKey, secretEmail, ...(webhooks === null ? [] : [webhooks.secret])],
  };
  noteTrail(around.sometimes, logs);
  const judged = check(logs);
  return {
    seed,
    judged,
    violations: judged.flatMap(({ rule, problems }) => problems.map((problem) => `${rule}: ${problem}`)),
    sometimes: around.sometimes,
    attaches: callers.attachesCompleted,
    timeline: timeline?.lines ?? [],
  };
}

function webhookPlan(chance: Chance) {
  return {
    copies: chance.pick([1, 1, 2]),
    twins: chance.hits(0.1),
    delayMs: chance.pick([0, 0, 1_000, 100_000]),
    jitterMs: chance.pick([0, 200, 5_000, 200_000]),
  };
}

/** Whom payment methods belong to at this moment. */
function ownersIn(account: StripeAccount): (id: string) => string | null | undefined {
  const ids = new Set(account.effects.map(({ paymentMethodId }) => paymentMethodId));
  const owners = new Map([...ids].map((id) => [id, ownerOf(account, id)]));
  return (id) => (owners.has(id) ? owners.get(id) : ownerOf(account, id));
}

function ownerOf(account: StripeAccount, id: string): string | null | undefined {
  const path = `/v1/payment_methods/${id}`;
  const { status, body } = account.handle({ method: 'GET', path, headers: { authorization: `Bearer ${apiKey}` } });
  return status === 200 ? (JSON.parse(body) as { readonly customer: string | null }).customer : undefined;
}
