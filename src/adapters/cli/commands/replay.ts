import { Command, InvalidArgumentError, Option } from 'commander';
import type { TrailRecord } from '../../../application/events/eventCodec.ts';
import type { TrailEvent } from '../../../application/events/eventTypes.ts';
import { eventTypes } from '../../../application/events/eventTypes.ts';
import type { Place } from '../../../application/reading/readCommand.ts';
import { Trail } from '../../../application/reading/trail.ts';
import type { Format } from '../output/records.ts';
import { formats, printRecords } from '../output/records.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action } from '../parts/cli.ts';
import { withTrail } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import type { TrailFlags } from '../parts/options.ts';
import { addTrailOptions, examples, toCustomerId } from '../parts/options.ts';
import { Progress, watchedSource } from '../parts/progress.ts';
import { toPlace, toRange } from '../parts/places.ts';

type Flags = TrailFlags &
  JsonFlag & {
    readonly from?: Place;
    readonly to?: Place;
    readonly type?: readonly TrailEvent['type'][];
    readonly customer?: string;
    readonly format?: Format;
  };

/** `replay`: prints what was recorded. */
export function replayCommand(cli: Cli): Command {
  const command = new Command('replay')
    .summary('print what was recorded, in the order of the trail')
    .description(
      'Prints the events of the trail in their order, all or some, up to the end it has when the command begins.',
    )
    .addOption(new Option('--from <place>', 'begin with this position, or at this instant').argParser(toPlace))
    .addOption(new Option('--to <place>', 'end with this position, or at this instant').argParser(toPlace))
    .addOption(
      new Option('--type <type>', 'these events alone; once for each type')
        .choices(Object.keys(eventTypes))
        .argParser(toTypes),
    )
    .addOption(new Option('--customer <id>', 'what happened to this customer alone').argParser(toCustomerId))
    .addOption(
      new Option('--format <format>', 'how to print them (default: table)').choices(formats).conflicts('json'),
    );
  return addTrailOptions(command)
    .addHelpText(
      'after',
      examples(
        ['replay', 'all of it'],
        [
          'replay --from 2026-11-01 --to 2026-12-01T00:00:00Z --format csv > november.csv',
          'a month, for a spreadsheet',
        ],
        ['replay --customer cus_NbZ8Ki3f322LNn --type PaymentMethodAttached --json', 'what one customer got attached'],
        ['replay --from 1000001 --format jsonl | jq .event.type', 'what came after the millionth event'],
      ),
    )
    .action(action(cli, (flags: Flags) => run(cli, flags)));
}

async function run(cli: Cli, flags: Flags) {
  const { from, to, type: types, customer, json, format = json === true ? 'json' : 'table' } = flags;
  const { after, upTo: asked } = toRange(from, to);
  const count = await withTrail(cli, flags, async ({ eventStore, head: { position: head } }) => {
    const progress = new Progress(cli.terminal, { doing: 'Reading', isPrinting: true });
    // What is appended meanwhile is not in it: else it might never end.
    const end = asked instanceof Date ? asked : Math.min(asked ?? head, head);
    const upTo = typeof end === 'number' && typeof after === 'number' ? Math.max(end, after) : end;
    const trail = new Trail({ eventStore: watchedSource(eventStore, progress, head) });
    const records = trail.read({ after, upTo, types, customer, signal: cli.signal });
    return printRecords(cli.terminal, format, records as AsyncIterable<TrailRecord>).finally(() => progress.stop());
  });
  if (count === 0) cli.terminal.note('No event of the trail is among those asked for.');
  return exitCodes.fine;
}

function toTypes(text: string, before: readonly string[] = []): readonly string[] {
  if (Object.hasOwn(eventTypes, text)) return [...before, text];
  throw new InvalidArgumentError(`It must be one of: ${Object.keys(eventTypes).join(', ')}.`);
}
