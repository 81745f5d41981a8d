#!/usr/bin/env node
import { exitCodes } from './parts/exitCodes.ts';
import { OutputLost } from './parts/outputLost.ts';
import { runCli } from './runCli.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal ends what is under way in good order, and the second one at once. */
async function main(): Promise<void> {
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) process.exit(exitCodes.stopped);
    stopping.abort();
  };
  for (const signal of signals) process.on(signal, stop);
  process.stdout.on('error', (error: Error) => stopping.abort(new OutputLost(error)));
  // There is nobody left to tell.
  process.stderr.on('error', () => {});
  const { stdout, stderr, env } = process;
  process.exitCode = await runCli(process.argv.slice(2), { stdout, stderr, env, signal: stopping.signal });
  for (const signal of signals) process.off(signal, stop);
}

await main();
