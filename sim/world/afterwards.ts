import type { Operation, Repeat } from '../checker/logs.ts';
import type { Asker } from '../checker/repeats.ts';
import { readAll, repeatAll } from '../checker/repeats.ts';
import { callOn } from './callers.ts';
import { sweepOn } from './sweeps.ts';
import { SimulatedProcess } from './simulatedProcess.ts';
import type { Surroundings } from './surroundings.ts';

/** What a new process makes of the run once it is over and nothing goes wrong: it repeats what was answered, and reads. */
export async function lookAfterwards(around: Surroundings, history: readonly Operation[], ids: () => string) {
  const process = new SimulatedProcess(around, 'after', ids, 0);
  let repeats: readonly Repeat[] = [];
  let projected: ReadonlyMap<string, string> = new Map();
  let isOver = false;
  const look = async () => {
    const streams = (await around.database.events()).map(({ stream }) => stream);
    projected = await readAll(process.paymentMethods, streams);
    repeats = await repeatAll(askerOf(around, process), history);
    isOver = true;
  };
  const looking = look();
  await around.scheduler.runUntil(() => isOver);
  await looking;
  return { repeats, projected };
}

/** Sweeps the account, as a scheduler does now and then, and answers whether that came to its end. */
export async function sweepAfterwards(around: Surroundings, ids: () => string): Promise<boolean> {
  const process = new SimulatedProcess(around, 'sweeper', ids, 0);
  let isDone: boolean | null = null;
  const sweeping = sweepOn(around, process).then((isWhole) => (isDone = isWhole));
  await around.scheduler.runUntil(() => isDone !== null);
  return sweeping;
}

function askerOf({ account, database }: Surroundings, process: SimulatedProcess): Asker {
  return {
    ask: (asked) => callOn(process, asked),
    countEvents: async () => (await database.store.readHead()).position,
    countPosts: () => account.requests.filter(({ method }) => method === 'POST').length,
  };
}
