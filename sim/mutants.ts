import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { bundleWorker } from './cli/bundle.ts';
import { readCorpus } from './cli/corpus.ts';
import { Worker, WorkerLost } from './cli/workers.ts';
import type { Job, Report } from './jobs.ts';
import { mutants } from './mutants/all.ts';
import type { Mutant } from './mutants/mutant.ts';
import { plays } from './plays.ts';

/** Each fault must be found by the corpus, within so many seeds, or by every single and double of placed faults. */
const seedsPerMutant = 1_000;
/** A fault that keeps a life from ever ending is found by that. */
const limitMs = 120_000;

/** Until one of them is broken; the last of them bring together on purpose what chance seldom does. */
function jobsFor(corpus: readonly number[]): readonly Job[] {
  const known = corpus.map((seed): Job => ({ job: 'seeds', from: seed, count: 1, untilBroken: true }));
  const placed = (depth: number) => plays.map((play): Job => ({ job: 'placements', play, placed: [], depth }));
  return [...known, { job: 'seeds', from: 1, count: seedsPerMutant, untilBroken: true }, ...placed(1), ...placed(2)];
}

/** How a mutant was found; null where it survived. */
async function find(mutant: Mutant, jobs: readonly Job[]): Promise<string | null> {
  const bundle = await bundleWorker(mutant);
  const worker = new Worker(bundle.path);
  try {
    let broken: Report['broken'][number] | undefined;
    for (const job of jobs) {
      [broken] = (await worker.run(job, limitMs)).broken;
      if (broken !== undefined) break;
    }
    return broken === undefined
      ? null
      : `${broken.replay.replace('--seeds 1 --start', 'seed').replace('--placement', 'placement')}: ${broken.violations[0]}`;
  } catch (error) {
    if (error instanceof WorkerLost) return error.message;
    throw error;
  } finally {
    worker.stop();
    await bundle.remove();
  }
}

/** `npm run sim:mutants`: plants every fault in a copy of the code, one at a time, and sees that the simulation finds it. */
async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
  const asked = mutants.filter(({ name }) => values.only === undefined || name.includes(values.only));
  const jobs = jobsFor(await readCorpus());
  const survivors: Mutant[] = [];
  const waiting = asked.values();
  const work = async () => {
    for (const mutant of waiting) {
      const found = await find(mutant, jobs);
      if (found === null) survivors.push(mutant);
      console.log(`${found === null ? 'SURVIVED' : 'killed  '}  ${mutant.name}\n          ${found ?? mutant.file}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, cpus().length) }, work));
  for (const { name, why, file } of survivors) console.log(`\nSURVIVED ${name}: ${why} (${file})`);
  const killed = asked.length - survivors.length;
  console.log(`\n${asked.length} mutants, ${killed} killed`);
  if (values.json) console.log(JSON.stringify({ mutants: asked.length, killed }));
  return survivors.length === 0;
}

process.exitCode = (await main()) ? 0 : 1;
