import { Command, Option } from 'commander';
import type { TrailRecord } from '../../../application/events/eventCodec.ts';
import type { CustomerPaymentMethods } from '../../../application/readModels/paymentMethodsByCustomer.ts';
import {
  paymentMethodsByCustomer,
  withoutPaymentMethods,
} from '../../../application/readModels/paymentMethodsByCustomer.ts';
import type { CustomerReference } from '../../../domain/identifiers.ts';
import { projected } from '../../../application/readModels/projection.ts';
import type { Place } from '../../../application/reading/readCommand.ts';
import { paymentMethodsFromModel } from '../../../application/reading/customerAsOf.ts';
import { Trail } from '../../../application/reading/trail.ts';
import { PostgresReadModels } from '../../postgres/index.ts';
import type { CustomerStory } from '../../report/index.ts';
import { customerReport } from '../../report/index.ts';
import { describeCard, toSecond } from '../output/describe.ts';
import { table } from '../output/table.ts';
import type { Cli } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import type { OpenTrail } from '../parts/database.ts';
import { withTrail } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import type { TrailFlags } from '../parts/options.ts';
import { addTrailOptions, examples, toCustomerId } from '../parts/options.ts';
import { Progress, watchedSource } from '../parts/progress.ts';
import { describePlace, toPlace } from '../parts/places.ts';
import type { ReportFlags } from '../parts/report.ts';
import { addReportOptions, planReport, writeReport } from '../parts/report.ts';
import type { Terminal } from '../parts/terminal.ts';

type Flags = Omit<ReportFlags, 'asOf'> & { readonly asOf?: Place };

/** `customer CUS`: what the trail knows of a customer's payment methods. */
export function customerCommand(cli: Cli): Command {
  const command = addReportOptions(
    new Command('customer')
      .summary("tell what the trail knows of a customer's payment methods")
      .description(
        "Tells how a customer's payment methods stand, now or at any time before, from the projection " +
          'paymentMethodsByCustomer where it was built, else from the whole trail. Writes nothing, and asks Stripe nothing.',
      )
      .argument('<customer>', 'cus_…, or acct_… of an account that acts as a customer', toCustomerId)
      .addOption(new Option('--as-of <when>', 'as they stood then: an instant, or a position').argParser(toPlace)),
  );
  return addTrailOptions(command)
    .addHelpText(
      'after',
      examples(
        ['customer cus_NbZ8Ki3f322LNn', 'as they stand now'],
        ['customer cus_NbZ8Ki3f322LNn --as-of 2026-11-01', 'as they stood when November began'],
        ['customer cus_NbZ8Ki3f322LNn --html report.html', 'as a page, with everything that happened'],
      ),
    )
    .action(action(cli, (customer: CustomerReference['id'], flags: Flags) => run(cli, customer, flags)));
}

async function run(cli: Cli, customer: CustomerReference['id'], { asOf, ...flags }: Flags) {
  const plan = await planReport(cli, flags);
  return withTrail(cli, flags, async (open) => {
    const story = plan === null ? null : await readStory(cli, open, customer, asOf);
    const standing = story?.customer ?? (plan === null ? await readStanding(cli, open, flags, customer, asOf) : null);
    if (standing === null) {
      if (flags.json === true) await printResult(cli, flags, { value: null, lines: [] });
      const when = asOf === undefined ? '' : ` as of ${describePlace(asOf)}`;
      cli.terminal.note(`Trail ${flags.trail} knows nothing of ${customer}${when}. Check the id, and --trail.`);
      return exitCodes.problem;
    }
    if (plan !== null && story !== null) {
      const when = asOf === undefined ? {} : { asOf: typeof asOf === 'number' ? { position: asOf } : asOf };
      return writeReport(cli, { ...flags, ...when }, open, plan, (parts) => customerReport({ ...parts, ...story }));
    }
    await printResult(cli, flags, { value: standing, lines: linesOf(cli.terminal, standing) });
    return exitCodes.fine;
  });
}

/** From the read model, as far as there is one; else from what happened. */
async function readStanding(
  cli: Cli,
  open: OpenTrail,
  { schema, trail }: TrailFlags,
  customer: CustomerReference['id'],
  asOf: Place | undefined,
): Promise<CustomerPaymentMethods | null> {
  const { pool, eventStore, head } = open;
  const progress = new Progress(cli.terminal, { doing: 'Reading' });
  try {
    const source = watchedSource(eventStore, progress, head.position);
    const position =
      asOf instanceof Date
        ? await new Trail({ eventStore }).positionAt(asOf)
        : Math.min(asOf ?? head.position, head.position);
    const readModels = new PostgresReadModels({ pool, schema, trail });
    const kept = await paymentMethodsFromModel(source, readModels, customer, position);
    if (kept !== undefined) return kept;
  } finally {
    progress.stop();
  }
  return (await readStory(cli, open, customer, asOf))?.customer ?? null;
}

/** What happened to the customer, and what the projection of payment methods by customer makes of it; null if nothing. */
async function readStory(
  { terminal, signal }: Cli,
  { eventStore, head }: OpenTrail,
  customer: CustomerReference['id'],
  upTo: Place | undefined,
): Promise<CustomerStory | null> {
  const progress = new Progress(terminal, { doing: 'Reading' });
  const source = watchedSource(eventStore, progress, head.position);
  const events: TrailRecord[] = [];
  let document: CustomerPaymentMethods | undefined;
  try {
    for await (const record of new Trail({ eventStore: source }).read({ customer, upTo, signal })) {
      events.push(record);
      if (paymentMethodsByCustomer.keyOf(record) !== customer) continue;
      document = projected(paymentMethodsByCustomer, document, record);
    }
  } finally {
    progress.stop();
  }
  return events.length === 0 ? null : { customer: document ?? withoutPaymentMethods(customer), events };
}

function linesOf(terminal: Terminal, customer: CustomerPaymentMethods): readonly string[] {
  const { customerId, isDeleted, defaultPaymentMethodId, paymentMethods } = customer;
  const attached = paymentMethods.filter(({ status }) => status === 'attached').length;
  const first = `${customerId}${isDeleted ? ' (deleted)' : ''}: ${attached} of ${paymentMethods.length} payment methods attached`;
  if (paymentMethods.length === 0) return [first];
  const rows = paymentMethods.map(({ paymentMethodId, status, type, card, lastEvent }) => [
    paymentMethodId,
    paymentMethodId === defaultPaymentMethodId ? `${status}, default` : status,
    describeCard(card) || (type ?? ''),
    `${toSecond(lastEvent.recordedAt)} ${lastEvent.type}`,
  ]);
  return [first, '', ...table(terminal, ['payment method', 'status', 'what', 'last event'], rows)];
}
