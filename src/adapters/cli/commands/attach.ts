import { Command, Option } from 'commander';
import type { AttachResult } from '../../../application/useCases/results.ts';
import { defaultSchema } from '../../postgres/index.ts';
import { describeResult } from '../output/describe.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import { withStore } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import type { StripeFlag, TrailFlags } from '../parts/options.ts';
import { addTrailOptions, examples, stripeUrlOption, toCustomerId, toPaymentMethodId } from '../parts/options.ts';
import { printable } from '../parts/printable.ts';
import { checkApiKey, withPaymentMethods } from '../parts/stripe.ts';

type Flags = TrailFlags &
  StripeFlag &
  JsonFlag & {
    readonly customer: string;
    readonly attempt?: string;
    readonly actor: string;
    readonly setAsDefault?: true;
  };

/** `attach PM`: attaches a payment method to a customer. */
export function attachCommand(cli: Cli): Command {
  const command = new Command('attach')
    .summary('attach a payment method to a customer')
    .description(
      'Attaches a payment method to a customer at Stripe, and records who asked and how it ended. ' +
        'The same attempt again gets the same answer, without a second request.',
    )
    .argument('<payment-method>', 'pm_…, or a legacy card_…, src_… or ba_…', toPaymentMethodId)
    .addOption(
      new Option('--customer <id>', 'cus_…, or acct_… of an account that acts as a customer')
        .argParser(toCustomerId)
        .makeOptionMandatory(),
    )
    .option('--attempt <id>', 'your own id of this attempt; made if absent')
    .option('--actor <id>', 'who is recorded as asking: a pseudonym, never a name', 'cli')
    .option('--set-as-default', "also make it the customer's default for invoices")
    .addOption(stripeUrlOption());
  return addTrailOptions(command)
    .addHelpText(
      'after',
      examples(
        ['attach pm_1MqM05LkdIwHu7ixlDxxO6Mc --customer cus_NbZ8Ki3f322LNn', 'one card, one customer'],
        [
          'attach pm_card_visa --customer cus_NbZ8Ki3f322LNn --attempt checkout-7 --actor user-7',
          'safe to run again: the attempt has an id',
        ],
      ),
    )
    .action(action(cli, (paymentMethodId: string, flags: Flags) => run(cli, paymentMethodId, flags)));
}

async function run(cli: Cli, paymentMethodId: string, flags: Flags) {
  const { customer, attempt: attemptId, actor, setAsDefault } = flags;
  checkApiKey(cli, flags);
  const who = customer.startsWith('acct_') ? { customerAccount: customer } : { customer };
  const result = await withStore(cli, flags, (open) =>
    withPaymentMethods(cli, flags, open, (paymentMethods) =>
      paymentMethods.attach({ paymentMethodId, ...who, attemptId, actor, setAsDefault }, { signal: cli.signal }),
    ),
  );
  await printResult(cli, flags, { value: result, lines: linesOf(result, paymentMethodId) });
  if (result.outcome === 'unknown') {
    cli.terminal.note(
      `It may be attached. Run: attach-payment-method reconcile ${paymentMethodId} --attempt ${result.attemptId}${placeOf(flags)}`,
    );
  }
  return result.outcome === 'attached' && !isDefaultMissing(result) ? exitCodes.fine : exitCodes.problem;
}

function linesOf(result: AttachResult, asked: string): readonly string[] {
  const { outcome, paymentMethodId } = result;
  const subject = paymentMethodId === asked ? asked : `${asked}: ${paymentMethodId}`;
  const words = printable(describeResult(result, (id) => id));
  const lines = [`${outcome} ${outcome === 'attached' ? words : `${subject}: ${words}`}`];
  if (outcome === 'attached' && result.setAsDefault !== undefined)
    lines.push(`default: ${result.setAsDefault.outcome}`);
  return lines;
}

function isDefaultMissing(result: AttachResult): boolean {
  return result.outcome === 'attached' && result.setAsDefault !== undefined && result.setAsDefault.outcome !== 'set';
}

/** The options that name the trail and Stripe, where they are not what they are without. */
function placeOf({ schema, trail, stripeUrl }: Flags): string {
  const options = [
    schema === defaultSchema ? '' : ` --schema ${schema}`,
    trail === 'default' ? '' : ` --trail ${trail}`,
    stripeUrl === undefined ? '' : ` --stripe-url ${stripeUrl}`,
  ];
  return options.join('');
}
