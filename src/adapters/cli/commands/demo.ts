import { Command } from 'commander';
import { findProblem, setUpDemo } from '../demo/demoSetting.ts';
import { tellStory } from '../demo/story.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, toJson } from '../parts/cli.ts';
import { badUsage } from '../parts/cliError.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import { examples, jsonOption } from '../parts/options.ts';

/** `demo`: tells the whole story once, on a database and a Stripe account made for it. */
export function demoCommand(cli: Cli): Command {
  return new Command('demo')
    .summary('see the whole of it at work, with nothing set up')
    .description(
      'Attaches cards, loses an answer, reconciles, and verifies the trail. Without DATABASE_URL it runs on a Postgres ' +
        'in a temporary folder; with it, in a schema of its own there, which stays. Without STRIPE_API_KEY (a test key) it ' +
        'asks the simulator.',
    )
    .addOption(jsonOption())
    .addHelpText('after', examples(['demo', 'takes a few seconds; leaves nothing behind, unless DATABASE_URL is set']))
    .action(action(cli, (flags: JsonFlag) => run(cli, flags)));
}

async function run({ terminal, env, signal }: Cli, { json = false }: { readonly json?: boolean }) {
  const problem = findProblem(env);
  if (problem !== null) throw badUsage(problem);
  const setting = await setUpDemo(env);
  try {
    const lines: Promise<void>[] = [];
    const print = (line: string) => {
      if (json) return;
      const printed = terminal.print(line);
      lines.push(printed);
      // It is waited for at the end, and until then Node would take it for a rejection that nobody handles.
      printed.catch(() => {});
    };
    const told = await tellStory(setting, print, signal);
    await Promise.all(lines);
    if (json) await terminal.print(toJson(told, 2));
    if (!told.asExpected) terminal.note('The demo did not end as it should: see above.');
    return told.asExpected ? exitCodes.fine : exitCodes.problem;
  } finally {
    await setting.close();
  }
}
