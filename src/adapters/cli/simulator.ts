import { parseArgs } from 'node:util';
import type { Simulator } from '../simulator/index.ts';
import { startSimulator } from '../simulator/index.ts';

const usage = 'Usage: npm run simulator -- [--port <0 to 65535>]';

/** Serves a Stripe account until SIGINT or SIGTERM. Exit code 2: bad arguments. 3: the port is taken. */
async function main(): Promise<void> {
  const port = portFrom(process.argv.slice(2));
  if (port === undefined) {
    fail(2, `--port must be a whole number from 0 to 65535, where 0 picks a free port.\n${usage}`);
    return;
  }
  const simulator = await start(port);
  if (simulator === undefined) return;
  process.stdout.write(`Stripe simulator listening on ${simulator.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
}

/** The port asked for, 0 where none is, undefined where the arguments make no sense. */
function portFrom(args: string[]): number | undefined {
  try {
    const { port = '0' } = parseArgs({ args, options: { port: { type: 'string' } } }).values;
    return /^\d{1,5}$/.test(port) && Number(port) <= 65535 ? Number(port) : undefined;
  } catch {
    return undefined;
  }
}

async function start(port: number): Promise<Simulator | undefined> {
  try {
    return await startSimulator({ port });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    fail(3, `Port ${port} is in use. Stop what listens there, or leave --port out to get a free port.`);
    return undefined;
  }
}

function fail(exitCode: number, message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}

await main();
