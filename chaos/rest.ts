import { setTimeout as sleep } from 'node:timers/promises';
import { openStreams } from '../sim/checker/view.ts';
import { PostgresEventStore } from '../src/adapters/postgres/index.ts';
import type { RecordedEvent } from '../src/application/ports/eventStore.ts';
import type { Callers } from './callers.ts';
import type { Breakable } from './faults.ts';

type Parts = Breakable & { readonly callers: Callers; readonly trail: string };

/** How long everything may take to come to rest once nothing goes wrong any more. */
const patienceMs = 60_000;
const lookEveryMs = 40;

/** Lets callers, webhooks and recovery finish, and answers whether all came to rest in time. */
export async function comeToRest({ callers, stripe, stripeLine, database, trail }: Parts): Promise<boolean> {
  callers.giveUp();
  database.line.heal();
  stripeLine.heal();
  await stripe.forgetPlans();
  const pool = database.pool();
  const store = new PostgresEventStore({ pool, trail });
  const seen: RecordedEvent[] = [];
  const isBusy = async () => {
    if (callers.isBusy || !stripeLine.isQuiet || !database.line.isQuiet) return true;
    for await (const event of store.readTrail({ after: seen.length })) seen.push(event);
    return openStreams(seen).length > 0 || (await stripe.hasWebhooksToDeliver());
  };
  const endsAt = performance.now() + patienceMs;
  try {
    while (await isBusy()) {
      if (performance.now() > endsAt) return false;
      await sleep(lookEveryMs);
    }
    return true;
  } finally {
    await pool.end();
  }
}
