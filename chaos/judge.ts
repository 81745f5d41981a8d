import type pg from 'pg';
import { Agent } from 'undici';
import type { Judged } from '../sim/checker/check.ts';
import { check } from '../sim/checker/check.ts';
import type { Logs, Operation } from '../sim/checker/logs.ts';
import { readAll, repeatAll } from '../sim/checker/repeats.ts';
import { viewOf } from '../sim/checker/view.ts';
import { callOn } from '../sim/world/callers.ts';
import { holderEmail } from '../sim/world/scene.ts';
import { verify } from '../src/adapters/audit/index.ts';
import { PostgresEventStore } from '../src/adapters/postgres/index.ts';
import { StripeGateway } from '../src/adapters/stripe/index.ts';
import { randomIds, systemClock } from '../src/adapters/system/system.ts';
import { PaymentMethods } from '../src/application/paymentMethods.ts';
import type { EventStore, RecordedEvent } from '../src/application/ports/eventStore.ts';
import type { Callers } from './callers.ts';
import type { Database } from './database.ts';
import type { Kept } from './encryption.ts';
import { keptWith } from './encryption.ts';
import { explain } from './explain.ts';
import type { Fleet } from './fleet.ts';
import { apiKey, type StripeServer } from './stripe/stripeServer.ts';
import { customers, secretEmail, type Workload } from './workload.ts';

export type Evidence = {
  readonly stripe: StripeServer;
  readonly database: Database;
  readonly fleet: Fleet;
  readonly callers: Callers;
  readonly workload: Workload;
  readonly isResting: boolean;
  readonly trail: string;
  readonly secrets: readonly string[];
  readonly masterKey: string | null;
};

export type Verdicts = {
  readonly judged: readonly Judged[];
  readonly violations: readonly string[];
  /** what is needed to understand the violations */
  readonly explanation: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
};

/** What the one checker says of a round that is over, and whether the trail verifies. */
export async function judge({
  stripe,
  database,
  fleet,
  callers,
  workload,
  isResting,
  trail,
  secrets,
  masterKey,
}: Evidence): Promise<Verdicts> {
  const pool = database.pool();
  try {
    const store = new PostgresEventStore({ pool, trail });
    const kept = keptWith(masterKey, pool, trail, store);
    const events = await readAllOf(store);
    const { acknowledged, unexpected, recovered } = fleet.told;
    const history = callers.history.operations.slice();
    const logs = {
      history,
      stripe: await stripeLogOf(stripe, workload),
      trail: events,
      acknowledged,
      tellsAll: true,
      lostEvents: false,
      clocksApartMs: 0,
      isResting,
      unexpected,
      secrets: [apiKey, secretEmail, holderEmail, ...secrets],
      ...(await encryptionLogOf(kept, pool)),
    };
    const verification = await verify(store);
    const judged = check(viewOf({ ...logs, ...(await lookAfterwards(kept, stripe, history, events)) }));
    const violations = judged.flatMap(({ rule, problems }) => problems.map((problem) => `${rule}: ${problem}`));
    if (!verification.intact) violations.push(`verify: ${JSON.stringify(verification)}`);
    const counts = {
      calls: history.length,
      'calls answered': history.filter(({ end }) => end !== 'info').length,
      'calls lost with their process': history.filter(({ endedAt }) => endedAt === null).length,
      events: events.length,
      effects: logs.stripe.effects.length,
      acknowledged: acknowledged.length,
      recovered,
    };
    return { judged, violations, explanation: explain(violations, logs), counts };
  } finally {
    await pool.end();
  }
}

async function encryptionLogOf({ keys, eventStore }: Kept, pool: pg.Pool): Promise<Pick<Logs, 'encryption'>> {
  if (keys === undefined) return {};
  const { rows } = await pool.query<{ customer: string; made_at: Date }>(
    'select customer, made_at from payment_trail.customer_keys where trail = $1',
    [keys.trail],
  );
  const madeAt = new Map(rows.map(({ customer, made_at }) => [customer, made_at.getTime()]));
  const settledSince = (customer: string) => madeAt.get(customer) ?? Infinity;
  return { encryption: { opened: await readAllOf(eventStore), settledSince } };
}

async function readAllOf(store: EventStore): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readTrail()) events.push(event);
  return events;
}

async function stripeLogOf(stripe: StripeServer, { ownersBefore }: Workload): Promise<Logs['stripe']> {
  const effects = await stripe.effects();
  const requests = await stripe.requests();
  const owners = new Map<string, string | null>();
  const years = new Map<string, number>();
  for (const { paymentMethodId: id } of effects) {
    const { customer, card } = await stripe.paymentMethod(id);
    owners.set(id, customer);
    years.set(id, card.exp_year);
  }
  const defaults = new Map<string, string | null>();
  for (const id of customers) defaults.set(id, await stripe.defaultOf(id));
  return {
    effects,
    requests,
    ownersBefore,
    seenUntil: () => 0,
    isStrangersKey: () => false,
    ownerOf: (id) => owners.get(id) ?? null,
    expYearOf: (id) => years.get(id),
    defaultOf: (id) => defaults.get(id) ?? null,
  };
}

/** What a new process makes of it: it reads, and repeats what was answered. */
async function lookAfterwards(
  kept: Kept,
  stripe: StripeServer,
  history: readonly Operation[],
  trail: readonly RecordedEvent[],
) {
  let posts = 0;
  const agent = new Agent();
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    if (options.method === 'POST') posts += 1;
    return dispatch(options, handler);
  });
  const gateway = new StripeGateway({
    apiKey,
    baseUrl: stripe.url,
    dispatcher,
    billingDetails: kept.keys !== undefined,
  });
  const paymentMethods = new PaymentMethods({ ...kept, gateway, clock: systemClock, ids: randomIds });
  const asker = {
    ask: (asked: Parameters<typeof callOn>[1]) => callOn({ paymentMethods }, asked),
    countEvents: async () => (await kept.eventStore.readHead()).position,
    countPosts: () => posts,
  };
  try {
    const projected = await readAll(
      paymentMethods,
      trail.map(({ stream }) => stream),
    );
    return { projected, repeats: await repeatAll(asker, history) };
  } finally {
    await agent.close();
  }
}
