#!/usr/bin/env node
import { exitCodes } from './parts/exitCodes.ts';
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
  // Whoever read the output has gone, for example `head`.
  process.stdout.on('error', () => stopping.abort());
  const { stdout, stderr, env } = process;
  process.exitCode = await runCli(process.argv.slice(2), { stdout, stderr, env, signal: stopping.signal });
  for (const signal of signals) process.off(signal, stop);
}

await main();
