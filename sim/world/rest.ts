import { openStreams } from '../checker/view.ts';
import type { Callers } from './callers.ts';
import type { Fleet } from './fleet.ts';
import type { Surroundings } from './surroundings.ts';
import type { WebhookLine } from './webhookLine.ts';

type Parts = {
  readonly around: Surroundings;
  readonly fleet: Fleet;
  readonly callers: Callers;
  readonly webhooks: WebhookLine | null;
};

const minute = 60_000;

/** How long, on the simulated clock, everything may take to come to rest once nothing goes wrong any more. */
const patienceMs = 4 * 60 * minute;

/** Ends the faults, lets callers and recovery finish, and answers whether all came to rest in time. */
export async function comeToRest({
  around,
  fleet,
  callers,
  webhooks,
}: Parts): Promise<{ readonly isResting: boolean }> {
  const { faults, scheduler, database, vault, timeline } = around;
  timeline?.note('chaos', '--- nothing goes wrong from now on');
  faults.heal();
  callers.giveUp();
  database.heal();
  vault?.heal();
  if (database.lostEvents > 0) webhooks?.tellAgain();
  const endsAt = scheduler.now + patienceMs;
  // What is still on its way arrives before anything is judged.
  const isBusy = () => around.transit.count > 0 || callers.isBusy || webhooks?.isBusy === true;
  do await scheduler.passes(minute / 6);
  while (scheduler.now < endsAt && (isBusy() || (await isOpenAnywhere(around))));
  fleet.close();
  return { isResting: !isBusy() };
}

async function isOpenAnywhere({ database }: Surroundings): Promise<boolean> {
  return openStreams(await database.events()).length > 0;
}
