import { Command } from 'commander';
import { describeResult } from '../output/describe.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import { withTrail } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import type { StripeFlag, TrailFlags } from '../parts/options.ts';
import { addTrailOptions, checkAttempt, examples, stripeUrlOption, toPaymentMethodId } from '../parts/options.ts';
import { printable } from '../parts/printable.ts';
import { checkApiKey, withPaymentMethods } from '../parts/stripe.ts';

type Flags = TrailFlags & StripeFlag & JsonFlag & { readonly attempt?: string; readonly actor: string };

/** `reconcile PM`: turns an unknown outcome into a known one. */
export function reconcileCommand(cli: Cli): Command {
  const command = new Command('reconcile')
    .summary('settle the unknown outcome of a payment method')
    .description(
      'Looks at Stripe how a payment method stands, and records the outcome that was open, with its evidence.',
    )
    .argument('<payment-method>', 'pm_…, or a legacy card_…, src_… or ba_…', toPaymentMethodId)
    .option('--attempt <id>', 'which attempt; needed with a test alias such as pm_card_visa')
    .option('--actor <id>', 'who is recorded as asking: a pseudonym, never a name', 'cli')
    .addOption(stripeUrlOption());
  return addTrailOptions(command)
    .addHelpText('after', examples(['reconcile pm_1MqM05LkdIwHu7ixlDxxO6Mc', 'after attach ended with unknown']))
    .action(action(cli, (paymentMethodId: string, flags: Flags) => run(cli, paymentMethodId, flags)));
}

async function run(cli: Cli, paymentMethodId: string, flags: Flags) {
  const { attempt: attemptId, actor } = flags;
  checkAttempt(paymentMethodId, attemptId);
  checkApiKey(cli, flags);
  const result = await withTrail(cli, flags, (open) =>
    withPaymentMethods(cli, flags, open, (paymentMethods) =>
      paymentMethods.reconcile({ paymentMethodId, attemptId, actor }, { signal: cli.signal }),
    ),
  );
  const line = `${result.outcome} ${printable(describeResult(result, (id) => id))}`;
  await printResult(cli, flags, { value: result, lines: [line] });
  if (result.outcome === 'unattached') {
    cli.terminal.note(
      `Trail ${flags.trail} has no attempt on ${paymentMethodId}, and so nothing to reconcile. Check the id, and --trail.`,
    );
    return exitCodes.problem;
  }
  return result.outcome === 'unknown' ? exitCodes.problem : exitCodes.fine;
}
