import { Command, Option } from 'commander';
import type { AsOf } from '../../../application/commands/commands.ts';
import { parseHistory } from '../../../application/commands/commands.ts';
import { readHistory } from '../../../application/useCases/history.ts';
import type { History } from '../../../application/useCases/results.ts';
import { paymentMethodReport } from '../../report/index.ts';
import { describeState, eventHeading, eventRow } from '../output/describe.ts';
import { table } from '../output/table.ts';
import type { Cli } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import { withTrail } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import { addTrailOptions, checkAttempt, examples, toPaymentMethodId } from '../parts/options.ts';
import { printable } from '../parts/printable.ts';
import { describePlace, toAsOf } from '../parts/places.ts';
import type { ReportFlags } from '../parts/report.ts';
import { addReportOptions, planReport, writeReport } from '../parts/report.ts';

type Flags = ReportFlags & { readonly asOf?: AsOf; readonly attempt?: string };

/** `history PM`: what the trail knows of a payment method. */
export function historyCommand(cli: Cli): Command {
  const command = addReportOptions(
    new Command('history')
      .summary('tell what the trail knows of a payment method')
      .description(
        'Tells who did what with a payment method, when, how it ended, and how that is known. Asks Stripe nothing.',
      )
      .argument('<payment-method>', 'pm_…, or a legacy card_…, src_… or ba_…', toPaymentMethodId)
      .addOption(new Option('--as-of <when>', 'as it was then: an instant, a position, or version:N').argParser(toAsOf))
      .option('--attempt <id>', 'which attempt; needed with a test alias such as pm_card_visa'),
  );
  return addTrailOptions(command)
    .addHelpText(
      'after',
      examples(
        ['history pm_1MqM05LkdIwHu7ixlDxxO6Mc', 'all of it'],
        ['history pm_1MqM05LkdIwHu7ixlDxxO6Mc --as-of 2026-11-23T14:00:00Z', 'as it was then'],
        ['history pm_1MqM05LkdIwHu7ixlDxxO6Mc --html report.html', 'as a page, for a customer or an auditor'],
      ),
    )
    .action(action(cli, (paymentMethodId: string, flags: Flags) => run(cli, paymentMethodId, flags)));
}

async function run(cli: Cli, paymentMethodId: string, flags: Flags) {
  const { asOf, attempt: attemptId } = flags;
  checkAttempt(paymentMethodId, attemptId);
  const asked = parseHistory({ paymentMethodId, asOf, attemptId });
  const plan = await planReport(cli, flags);
  return withTrail(cli, flags, async (open) => {
    const history = await readHistory(open.eventStore, asked);
    if (history.events.length === 0) {
      if (flags.json === true) await printResult(cli, flags, { value: history, lines: [] });
      const when = asOf === undefined ? '' : ` as of ${describePlace(asOf)}`;
      cli.terminal.note(`Trail ${flags.trail} knows nothing of ${paymentMethodId}${when}. Check the id, and --trail.`);
      return exitCodes.problem;
    }
    if (plan !== null) {
      return writeReport(cli, flags, open, plan, (parts) => paymentMethodReport({ ...parts, history }));
    }
    const lines = [standingLine(history), '', ...table(cli.terminal, eventHeading, history.events.map(eventRow))];
    await printResult(cli, flags, { value: history, lines });
    return exitCodes.fine;
  });
}

function standingLine({ paymentMethodId, state, version }: History): string {
  return `${paymentMethodId}: ${printable(describeState(state))} (version ${version})`;
}
