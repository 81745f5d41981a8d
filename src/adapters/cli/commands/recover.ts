import { Command } from 'commander';
import { messageOf } from '../parts/explain.ts';
import type { RecoveryReport, ReportedRequest } from '../../../application/recovery/recoveryReport.ts';
import { toSecond } from '../output/describe.ts';
import { table } from '../output/table.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import { withTrail } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import type { StripeFlag, TrailFlags } from '../parts/options.ts';
import { addTrailOptions, examples, stripeUrlOption } from '../parts/options.ts';
import { printable } from '../parts/printable.ts';
import type { Terminal } from '../parts/terminal.ts';
import { checkApiKey, withPaymentMethods } from '../parts/stripe.ts';

type Flags = TrailFlags & StripeFlag & JsonFlag & { readonly actor: string };

/** `recover`: finishes what crashes and doubts left open. */
export function recoverCommand(cli: Cli): Command {
  const command = new Command('recover')
    .summary('finish what crashes and doubts left open')
    .description(
      'Finishes, in one pass, every attempt that a crash or a lost answer left open, the oldest first. ' +
        'Any number of processes may do it at once. Ctrl-C finishes what is under way, and takes no more.',
    )
    .option('--actor <id>', 'who is recorded as asking: a pseudonym, never a name', 'recovery')
    .addOption(stripeUrlOption());
  return addTrailOptions(command)
    .addHelpText(
      'after',
      examples(['recover', 'every few minutes, from a scheduler'], ['recover --json', 'for a script']),
    )
    .action(action(cli, (flags: Flags) => run(cli, flags)));
}

async function run(cli: Cli, flags: Flags) {
  checkApiKey(cli, flags);
  const report = await withTrail(cli, flags, (open) =>
    withPaymentMethods(cli, flags, open, (paymentMethods) =>
      paymentMethods.recover({ actor: flags.actor, signal: cli.signal }),
    ),
  );
  await printResult(cli, flags, { value: report, lines: linesOf(cli.terminal, report) });
  for (const { stream, error } of report.errors) cli.terminal.note(printable(`${stream}: ${messageOf(error)}`));
  return report.errors.length + report.stuck.length === 0 ? exitCodes.fine : exitCodes.problem;
}

function linesOf(terminal: Terminal, { looked, settled, stillOpen, putOff, stuck }: RecoveryReport): readonly string[] {
  const rows = [
    ...settled.map((request) => rowOf(request, request.outcome)),
    ...stillOpen.map((request) => rowOf(request, `open: ${request.why ?? 'no answer yet'}`)),
    ...stuck.map((request) => rowOf(request, request.needsHuman ? 'stuck: needs a human' : 'stuck')),
  ];
  const heading = ['request', 'stream', 'attempt', 'since', 'now'];
  const counts = `${looked} looked after, ${settled.length} settled, ${stillOpen.length} still open, ${putOff} put off`;
  return [...(rows.length === 0 ? [] : table(terminal, heading, rows)), counts];
}

function rowOf({ sort, stream, attemptId, since }: ReportedRequest, now: string): string[] {
  return [sort, stream, attemptId, toSecond(since), now];
}
