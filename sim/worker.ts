import { Sometimes } from './engine/sometimes.ts';
import type { Placement } from './faults/placedFaults.ts';
import type { Broken, Job, Report } from './jobs.ts';
import type { LifeResult } from './life.ts';
import { further, place, wordsOf } from './placements.ts';
import { recoveryTimes } from './recoveryTimes.ts';
import { simulate } from './simulate.ts';

/** Collects what the lives of one job came to. */
class Tally {
  readonly sometimes = new Sometimes();
  readonly broken: Broken[] = [];
  readonly recoveries: number[] = [];
  lives = 0;
  attaches = 0;

  add(replay: string, { violations, sometimes, attaches }: LifeResult): void {
    this.lives += 1;
    this.attaches += attaches;
    this.sometimes.add(sometimes.counts);
    if (violations.length > 0) this.broken.push({ replay, violations });
  }
}

/** Lives what a job asks for, one life after the other. */
async function run(job: Job): Promise<Report> {
  const tally = new Tally();
  const before = process.cpuUsage();
  switch (job.job) {
    case 'seeds':
      for (let seed = job.from; seed < job.from + job.count; seed += 1) {
        tally.add(`--seeds 1 --start ${seed}`, await simulate(seed));
        if (job.untilBroken && tally.broken.length > 0) break;
      }
      break;
    case 'placements':
      await placeFrom(job.placed, job.depth, tally);
      break;
    case 'recoveries':
      tally.recoveries.push(...(await recoveryTimes(job.from, job.count)));
      break;
    default:
      job satisfies never;
  }
  const { user, system } = process.cpuUsage(before);
  const { lives, attaches, broken, recoveries } = tally;
  return { lives, attaches, broken, recoveries, cpuMs: (user + system) / 1000, sometimes: [...tally.sometimes.counts] };
}

async function placeFrom(placed: readonly Placement[], depth: number, tally: Tally): Promise<void> {
  const result = await place(placed);
  tally.add(`--placement ${wordsOf(placed)}`, result);
  if (placed.length >= depth) return;
  for (const next of further(placed, result.boundaries)) await placeFrom(next, depth, tally);
}

process.on('message', (job: Job) => {
  run(job).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
