import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProgram } from '../sim/cli/bundle.ts';
import { Chance } from '../sim/engine/chance.ts';
import { Database } from './database.ts';
import { Deck } from './faults.ts';
import { mutantCalled } from './mutants.ts';
import type { Options } from './options.ts';
import { readOptions } from './options.ts';
import type { RoundPlan, RoundResult } from './round.ts';
import { runRound } from './round.ts';
import { Summary } from './summary.ts';

const cyclesPerRound = 25;
/** of the last round, in the midst of which the primary is lost */
const cyclesAroundFailover = 5;

/** `npm run chaos`: real processes, a real Postgres, one fault a cycle, and the simulation's checker after each round. */
async function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2));
  gatherFolders();
  const undo: (() => Promise<void>)[] = [];
  const cleanUp = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step().catch(() => {});
  };
  let isInterrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      isInterrupted = true;
      void cleanUp().then(() => process.exit(130));
    });
  }
  process.once('uncaughtException', (error) => {
    console.error(error);
    void cleanUp().then(() => process.exit(1));
  });
  try {
    return await runAll(options, undo);
  } catch (error) {
    // What is under way fails when all it needs is taken from it.
    if (!isInterrupted) throw error;
    return false;
  } finally {
    await cleanUp();
  }
}

async function runAll({ cycles, seed, json, mutant }: Options, undo: (() => Promise<void>)[]): Promise<boolean> {
  const app = await bundleProgram('chaos/app/program.ts', mutant === null ? undefined : mutantCalled(mutant));
  undo.push(app.remove);
  const stripe = await bundleProgram('chaos/stripe/program.ts');
  undo.push(stripe.remove);
  const database = await Database.start();
  undo.push(() => database.remove());
  const summary = new Summary();
  const deck = new Deck(new Chance(seed));
  for (const [index, round] of roundsOf(cycles).entries()) {
    const result: RoundResult = await runRound({
      ...round,
      name: `round-${index + 1}`,
      seed: seed * 1_000 + index,
      programs: { app: app.path, stripe: stripe.path },
      database,
      deck,
      undo,
    });
    summary.add(result);
    summary.printProgress();
    if (result.violations.length > 0) break;
  }
  const isSound = summary.print(seed);
  if (json) console.log(JSON.stringify(summary.asJson()));
  return isSound;
}

/** Has every temporary folder made in one, which is gone when this process is, whatever ends it but a SIGKILL. */
function gatherFolders(): void {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  // The server runs as another user where this runs as root.
  chmodSync(folder, 0o711);
  process.env['TMPDIR'] = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
}

type Round = Pick<RoundPlan, 'cycles' | 'failsOver' | 'encrypts'>;

/**
 * Rounds that are short, so that what is broken can be understood; every other one encrypts, and so does the last one, in
 * which the primary is lost.
 */
function roundsOf(cycles: number): readonly Round[] {
  const rounds: Round[] = [];
  for (let left = cycles - cyclesAroundFailover; left > 0; left -= cyclesPerRound) {
    rounds.push({ cycles: Math.min(left, cyclesPerRound), failsOver: false, encrypts: rounds.length % 2 === 1 });
  }
  return [...rounds, { cycles: Math.min(cycles, cyclesAroundFailover), failsOver: true, encrypts: true }];
}

process.exitCode = (await main()) ? 0 : 1;
