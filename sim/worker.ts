import { Sometimes } from './engine/sometimes.ts';
import type { Boundary, Placement } from './faults/placedFaults.ts';
import type { Broken, Job, Report } from './jobs.ts';
import type { LifeResult } from './life.ts';
import type { Play } from './plays.ts';
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

  /** A life that throws is broken too. */
  async live(replay: string, life: () => Promise<LifeResult>): Promise<void> {
    try {
      this.#add(replay, await life());
    } catch (error) {
      this.lives += 1;
      this.broken.push({ replay, violations: [`a life ended with ${String(error)}`] });
    }
  }

  #add(replay: string, { violations, sometimes, attaches }: LifeResult): void {
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
        await tally.live(`--seeds 1 --start ${seed}`, () => simulate(seed));
        if (job.untilBroken && tally.broken.length > 0) break;
      }
      break;
    case 'placements':
      await placeFrom(job.play, job.placed, job.depth, tally);
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

async function placeFrom(play: Play, placed: readonly Placement[], depth: number, tally: Tally): Promise<void> {
  let boundaries: readonly Boundary[] = [];
  await tally.live(`--placement ${wordsOf(play, placed)}`, async () => {
    const result = await place(placed, { play });
    ({ boundaries } = result);
    return result;
  });
  if (placed.length >= depth) return;
  for (const next of further(placed, boundaries)) await placeFrom(play, next, depth, tally);
}

// Most errors here are part of the play, and where they were thrown is never read.
Error.stackTraceLimit = 0;

process.on('message', (job: Job) => {
  run(job).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
