import { once } from 'node:events';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Simulator } from '../../simulator/index.ts';
import { startSimulator } from '../../simulator/index.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import { couldNotRun } from '../parts/cliError.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import { examples, jsonOption } from '../parts/options.ts';

type Flags = JsonFlag & { readonly port: number };

/** `simulator`: serves a Stripe account until it is stopped, which is how it ends well. */
export function simulatorCommand(cli: Cli): Command {
  return new Command('simulator')
    .summary('serve a simulated Stripe account on this machine')
    .description('Serves a simulated Stripe account on 127.0.0.1 until Ctrl-C. What it can do is in docs/simulator.md.')
    .addOption(new Option('--port <port>', '0 picks a free one').default(0).argParser(toPort))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['simulator --port 12111', 'serve'],
        [
          'attach pm_card_visa --customer cus_NbZ8Ki3f322LNn --stripe-url http://127.0.0.1:12111',
          'ask it, from another terminal',
        ],
      ),
    )
    .action(action(cli, (flags: Flags) => run(cli, flags)));
}

async function run(cli: Cli, flags: Flags) {
  const simulator = await start(flags.port);
  const { url } = simulator;
  try {
    await printResult(cli, flags, { value: { url }, lines: [`Stripe simulator listening on ${url}`] });
    if (!cli.signal.aborted) await once(cli.signal, 'abort');
  } finally {
    await simulator.close();
  }
  return exitCodes.fine;
}

async function start(port: number): Promise<Simulator> {
  try {
    return await startSimulator({ port });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw couldNotRun(
      `Port ${port} is in use. Stop what listens there, or leave --port out to get a free port.`,
      error,
    );
  }
}

function toPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new InvalidArgumentError('--port must be a whole number from 0 to 65535, where 0 picks a free port.');
}
