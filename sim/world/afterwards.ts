import type { StripeAccount } from '../../src/adapters/simulator/index.ts';
import type { Operation, Repeat } from '../checker/logs.ts';
import { streamPrefix } from '../checker/view.ts';
import { callOn } from './callers.ts';
import { SimulatedProcess } from './simulatedProcess.ts';
import type { Surroundings } from './surroundings.ts';

/** What a new process makes of the run once it is over and nothing goes wrong: it repeats what was answered, and reads. */
export async function lookAfterwards(around: Surroundings, history: readonly Operation[], ids: () => string) {
  const process = new SimulatedProcess(around, 'after', ids, 0);
  let repeats: readonly Repeat[] = [];
  let projected: ReadonlyMap<string, string> = new Map();
  let isOver = false;
  const look = async () => {
    projected = await readAll(around, process);
    repeats = await repeatAll(around, process, history);
    isOver = true;
  };
  const looking = look();
  await around.scheduler.runUntil(() => isOver);
  await looking;
  return { repeats, projected };
}

/** Of every attempt that has a name, and names one wish, its last answer. */
function answered(history: readonly Operation[]): readonly Operation[] {
  const last = new Map<string, Operation>();
  for (const operation of history) {
    const { call, paymentMethodId, customer, attemptId, isNamed, end, reason } = operation;
    // Another attach has to be settled first: that is no answer for good.
    if (!isNamed || end === 'info' || reason === 'attachmentOpen') continue;
    const isOfTwoWishes = history.some((one) => one.attemptId === attemptId && one.customer !== customer);
    if (isOfTwoWishes) continue;
    last.set(`${call} ${paymentMethodId} ${customer} ${attemptId}`, operation);
  }
  return [...last.values()];
}

async function repeatAll(
  { account, database }: Surroundings,
  process: SimulatedProcess,
  history: readonly Operation[],
): Promise<readonly Repeat[]> {
  const repeats: Repeat[] = [];
  for (const operation of answered(history)) {
    const { call, paymentMethodId, customer, attemptId } = operation;
    const events = (await database.store.readHead()).position;
    const posts = postsTo(account);
    const wish = { call, paymentMethodId, customer: customer ?? '', attemptId, patience: 1 };
    const { end, answeredId, reason } = await callOn(process, wish);
    repeats.push({
      operation,
      end,
      answeredId,
      reason,
      events: (await database.store.readHead()).position - events,
      posts: postsTo(account) - posts,
    });
  }
  return repeats;
}

async function readAll({ database }: Surroundings, process: SimulatedProcess): Promise<ReadonlyMap<string, string>> {
  const projected = new Map<string, string>();
  for (const stream of new Set((await database.events()).map((event) => event.stream))) {
    if (!stream.startsWith(streamPrefix)) continue;
    const [id = '', attemptId] = stream.slice(streamPrefix.length).split('/');
    const { state } = await process.paymentMethods.history(id, { attemptId });
    projected.set(stream, JSON.stringify(state));
  }
  return projected;
}

function postsTo({ requests }: StripeAccount): number {
  return requests.filter(({ method }) => method === 'POST').length;
}
