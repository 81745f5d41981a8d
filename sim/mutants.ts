import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { bundleWorker } from './cli/bundle.ts';
import { Worker, WorkerLost } from './cli/workers.ts';
import type { Report } from './jobs.ts';
import { mutants } from './mutants/all.ts';
import type { Mutant } from './mutants/mutant.ts';

/** Each fault must be found within so many seeds, or by every single and double of placed faults. */
const seedsPerMutant = 1_000;
/** A fault that keeps a life from ever ending is found by that. */
const limitMs = 120_000;

/** How a mutant was found; null where it survived. */
async function find(mutant: Mutant): Promise<string | null> {
  const bundle = await bundleWorker(mutant);
  const worker = new Worker(bundle.path);
  try {
    const bySeeds = await worker.run({ job: 'seeds', from: 1, count: seedsPerMutant, untilBroken: true }, limitMs);
    // What chance seldom brings together is brought together on purpose.
    const byPlacement = bySeeds.broken.length > 0 ? bySeeds : await byPlacements(worker);
    const [broken] = byPlacement.broken;
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

async function byPlacements(worker: Worker): Promise<Report> {
  const report = await worker.run({ job: 'placements', play: 'defaults', placed: [], depth: 1 }, limitMs);
  if (report.broken.length > 0) return report;
  return worker.run({ job: 'placements', play: 'attach', placed: [], depth: 2 }, limitMs);
}

/** `npm run sim:mutants`: plants every fault in a copy of the code, one at a time, and sees that the simulation finds it. */
async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
  const asked = mutants.filter(({ name }) => values.only === undefined || name.includes(values.only));
  const survivors: Mutant[] = [];
  const waiting = asked.values();
  const work = async () => {
    for (const mutant of waiting) {
      const found = await find(mutant);
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
