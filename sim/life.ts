import { StripeAccount } from '../src/adapters/simulator/index.ts';
import { LocalCursors } from '../src/application/sweep/localCursors.ts';
import { LocalLeases } from '../src/application/recovery/localLeases.ts';
import type { Judged } from './checker/check.ts';
import { check } from './checker/check.ts';
import type { Logs, Repeat } from './checker/logs.ts';
import { viewOf } from './checker/view.ts';
import type { Chance } from './engine/chance.ts';
import { Scheduler } from './engine/scheduler.ts';
import { Sometimes } from './engine/sometimes.ts';
import { Timeline } from './engine/timeline.ts';
import type { FaultPlan } from './faults/faultPlan.ts';
import { lookAfterwards, sweepAfterwards } from './world/afterwards.ts';
import { Callers } from './world/callers.ts';
import { Database } from './world/database.ts';
import type { FleetPlan } from './world/fleet.ts';
import { Fleet } from './world/fleet.ts';
import { History } from './world/history.ts';
import { comeToRest } from './world/rest.ts';
import type { Scene } from './world/scene.ts';
import { holderEmail, secretEmail } from './world/scene.ts';
import { isStrangersKey } from './world/strangers.ts';
import type { Surroundings } from './world/surroundings.ts';
import { apiKey } from './world/surroundings.ts';
import { noteTrail } from './world/trailSometimes.ts';
import { encryptionLogOf, Vault } from './world/vault.ts';
import type { WebhookPlan } from './world/webhookLine.ts';
import { WebhookLine } from './world/webhookLine.ts';
import type { Players } from './world/workload.ts';

/** All that one life is made from. */
export type Setting = {
  readonly chance: Chance;
  readonly faults: FaultPlan;
  readonly fleet: FleetPlan;
  /** true where personal fields are encrypted */
  readonly encrypts: boolean;
  /** how long Stripe holds what a request works on; 0 for not at all */
  readonly workMs: number;
  /** null: Stripe notifies nobody */
  readonly webhooks: WebhookPlan | null;
  /** true where the account is swept once all is quiet: what happened there is known then, webhooks or not */
  readonly endsWithSweep: boolean;
  readonly setScene: (account: StripeAccount) => Scene;
  /** Plans who asks for what and when, and answers how long that lasts, in milliseconds. */
  readonly plan: (players: Players) => number;
  readonly withTimeline: boolean;
};

export type LifeResult = {
  readonly judged: readonly Judged[];
  /** what was broken, by rule; none where all is well */
  readonly violations: readonly string[];
  readonly sometimes: Sometimes;
  /** attach calls that came back, the repeats when all was quiet among them */
  readonly attaches: number;
  /** when processes died, in unix milliseconds, as everything here */
  readonly deaths: readonly number[];
  /** when the first attach was recorded; null where none was */
  readonly resolvedAt: number | null;
  /** one line for everything that happened; empty unless asked for */
  readonly timeline: readonly string[];
};

/** An append lands so much later than it was decided on, at the latest: a commit that landed late, and what slows it on the way. */
const latestLandingMs = 3 * 60_000;
const startsAt = Date.UTC(2025, 10, 23, 12);

/** One whole life of a host, from its first process to the rest after the last fault, and what the checker says of it. */
export async function live(setting: Setting): Promise<LifeResult> {
  const around = surroundingsOf(setting);
  const { account, scheduler, database, vault, sometimes, timeline } = around;
  const scene = setting.setScene(account);
  const fleet = new Fleet(around, setting.fleet);
  const webhooks = setting.webhooks === null ? null : new WebhookLine(around, fleet, setting.webhooks);
  const history = new History(() => scheduler.now);
  const callers = new Callers(around, fleet, history);
  await scheduler.passes(setting.plan({ around, scene, callers, fleet, canFailOver: webhooks !== null }));
  const { isResting } = await comeToRest({ around, fleet, callers, webhooks });
  const isSwept = setting.endsWithSweep && (await sweepAfterwards(around, fleet.nextId));
  // What stands now is what is judged: looking afterwards asks again, and that leaves its own traces.
  const trail = await database.events();
  const found = {
    history: history.operations.slice(),
    stripe: stripeLogOf(around, scene, trail),
    trail,
    acknowledged: database.acknowledged.slice(),
    tellsAll: webhooks !== null || isSwept,
    lostEvents: database.lostEvents > 0,
    isResting,
    clocksApartMs: 2 * setting.fleet.maxSkewMs + latestLandingMs,
    ...(vault === null ? {} : { encryption: await encryptionLogOf(database.store, vault) }),
    secrets: [apiKey, secretEmail, holderEmail, ...(webhooks === null ? [] : [webhooks.secret])],
  };
  const afterwards = await lookAfterwards(around, found.history, fleet.nextId);
  const view = viewOf({ ...found, ...afterwards, unexpected: around.unexpected });
  noteTrail(sometimes, view);
  const judged = check(view);
  const resolvedAt = found.trail.find(({ type }) => type === 'PaymentMethodAttached')?.recordedAt;
  return {
    judged,
    violations: judged.flatMap(({ rule, problems }) => problems.map((problem) => `${rule}: ${problem}`)),
    sometimes,
    attaches: callers.attachesCompleted + attachesAmong(afterwards.repeats),
    deaths: fleet.deaths,
    resolvedAt: resolvedAt === undefined ? null : Math.floor(Date.parse(resolvedAt)),
    timeline: timeline?.lines ?? [],
  };
}

function attachesAmong(repeats: readonly Repeat[]): number {
  return repeats.filter(({ operation }) => operation.call === 'attach').length;
}

function surroundingsOf({ chance, faults, encrypts, workMs, withTimeline }: Setting): Surroundings {
  const scheduler = new Scheduler(startsAt, chance);
  const now = () => scheduler.now;
  const keeps = { requests: 5_000 };
  return {
    scheduler,
    chance,
    faults,
    account: new StripeAccount({ id: 'acct_1Host', now, random: chance.random, workMs, keeps }),
    database: new Database(now),
    leases: new LocalLeases({ now: () => new Date(now()) }),
    cursors: new LocalCursors(),
    vault: encrypts ? new Vault(now) : null,
    sometimes: new Sometimes(),
    timeline: withTimeline ? new Timeline(now) : undefined,
    keyUsers: new Map(),
    seenUntil: new Map(),
    onEffect: {},
    unexpected: [],
    transit: { count: 0 },
  };
}

type PaymentMethod = { readonly customer: string | null; readonly card?: { readonly exp_year: number } };
type Customer = { readonly invoice_settings: { readonly default_payment_method: string | null } };

/** As Stripe stands now. Nobody else looks: what nothing happened to, and was nobody's, costs time. */
function stripeLogOf(
  { account, seenUntil }: Surroundings,
  { ownersBefore }: Scene,
  trail: Logs['trail'],
): Logs['stripe'] {
  const effects = account.effects.slice();
  const requests = account.requests.slice();
  const paymentMethods = new Map<string, PaymentMethod | null>();
  for (const id of new Set([...effects.map(({ paymentMethodId }) => paymentMethodId), ...ownersBefore.keys()])) {
    paymentMethods.set(id, get(account, `/v1/payment_methods/${id}`) as PaymentMethod | null);
  }
  const defaults = new Map<string, string | null>();
  for (const { stream } of trail) {
    const [kind, id = ''] = stream.split('-');
    if (kind !== 'customer' || defaults.has(id)) continue;
    const customer = get(account, `/v1/customers/${id}`) as Customer | null;
    defaults.set(id, customer?.invoice_settings.default_payment_method ?? null);
  }
  return {
    effects,
    requests,
    ownersBefore,
    seenUntil: (effect) => seenUntil.get(effect) ?? 0,
    isStrangersKey,
    ownerOf: (id) => paymentMethods.get(id)?.customer ?? null,
    expYearOf: (id) => paymentMethods.get(id)?.card?.exp_year,
    defaultOf: (id) => defaults.get(id) ?? null,
  };
}

function get(account: StripeAccount, path: string): unknown {
  const { status, body } = account.handle({ method: 'GET', path, headers: { authorization: `Bearer ${apiKey}` } });
  return status === 200 ? JSON.parse(body) : null;
}
