import { bundleWorker } from './cli/bundle.ts';
import { addToCorpus, readCorpus } from './cli/corpus.ts';
import { readOptions } from './cli/options.ts';
import type { Options } from './cli/options.ts';
import { replayPlacement, replaySeed } from './cli/replay.ts';
import { Summary } from './cli/summary.ts';
import { runAll } from './cli/workers.ts';
import { faultsAt } from './faults/placedFaults.ts';
import type { Job } from './jobs.ts';
import type { Play } from './plays.ts';
import { plays } from './plays.ts';
import { place } from './placements.ts';

const seedsPerJob = 250;
/** An attach is tried with every triple; the other plays with every fault, and, where a night's seeds are asked for, with every pair. */
const placedTogether = (play: Play, seeds: number) => (play === 'attach' ? 3 : seeds < seedsOfANight ? 1 : 2);
const seedsOfANight = 200_000;
const recoveriesMeasured = 400;
/** With fewer seeds than this, that something never happened says nothing. */
const seedsForCoverage = 1_000;

/** `npm run sim`: the corpus, every placement of up to three faults, then random seeds. One seed is a replay. */
async function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2));
  if (options.placement !== null) return isSound(await replayPlacement(options.placement));
  if (options.seeds === 1) return replayOne(options);
  const bundle = await bundleWorker();
  try {
    return await runAllOf(options, bundle.path);
  } finally {
    await bundle.remove();
  }
}

async function replayOne({ start, json }: Options): Promise<boolean> {
  const result = await replaySeed(start);
  if (json) console.log(JSON.stringify({ seeds: 1, violations: result.violations.length, attachesPerSecond: null }));
  return isSound(result);
}

async function runAllOf(options: Options, bundlePath: string): Promise<boolean> {
  const { seeds, start, workers, json } = options;
  const summary = new Summary();
  const corpus = (await readCorpus()).map((seed): Job => ({ job: 'seeds', from: seed, count: 1, untilBroken: false }));
  const placements = (await Promise.all(plays.map((play) => placementJobs(play, seeds)))).flat();
  await runAll(bundlePath, workers, [...corpus, ...placements, ...recoveryJobs(workers)], (report, job) =>
    summary.add(report, job),
  );
  summary.printPlacements(corpus.length);
  await runAll(bundlePath, workers, seedJobs(start, seeds), (report, job) => summary.add(report, job));
  for (const { replay, violations } of summary.broken.slice(0, 10)) {
    console.log(`\nnpm run sim -- ${replay}\n  ${violations.join('\n  ')}`);
    const seed = /--start (\d+)/.exec(replay)?.[1];
    if (seed !== undefined) await addToCorpus(Number(seed), violations[0] ?? '');
  }
  const [first] = summary.broken;
  if (first !== undefined) {
    console.log('\nThe first of them, from its beginning:');
    const seed = /--start (\d+)/.exec(first.replay)?.[1];
    if (seed === undefined) await replayPlacement(first.replay.replace('--placement ', ''));
    else await replaySeed(Number(seed));
  }
  const isCovered = summary.print(seeds, seeds >= seedsForCoverage);
  if (json) console.log(JSON.stringify(summary.asJson(seeds)));
  return summary.broken.length === 0 && isCovered;
}

function isSound({ violations }: { readonly violations: readonly string[] }): boolean {
  return violations.length === 0;
}

/** One job for every first fault, and one for the life without any. */
async function placementJobs(play: Play, seeds: number): Promise<readonly Job[]> {
  const { boundaries } = await place([], { play });
  const firsts = boundaries.flatMap((boundary, at) => faultsAt(boundary).map((fault) => [{ at, fault }]));
  const depth = placedTogether(play, seeds);
  return [
    { job: 'placements', play, placed: [], depth: 0 },
    ...firsts.map((placed): Job => ({ job: 'placements', play, placed, depth })),
  ];
}

function recoveryJobs(workers: number): readonly Job[] {
  const count = Math.ceil(recoveriesMeasured / workers);
  return Array.from({ length: workers }, (_, index) => ({ job: 'recoveries', from: 1 + index * count, count }));
}

function seedJobs(start: number, seeds: number): readonly Job[] {
  return Array.from({ length: Math.ceil(seeds / seedsPerJob) }, (_, index) => {
    const done = index * seedsPerJob;
    return { job: 'seeds', from: start + done, count: Math.min(seedsPerJob, seeds - done), untilBroken: false };
  });
}

process.exitCode = (await main()) ? 0 : 1;
