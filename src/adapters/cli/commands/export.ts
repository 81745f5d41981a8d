import { Command } from 'commander';
import type { ReadTrailOptions } from '../../../application/ports/eventStore.ts';
import { exportTrailToFile } from '../../audit/index.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import { withTrail } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import { checkIsFree, placeFile } from '../parts/files.ts';
import type { FileFlags, TrailFlags } from '../parts/options.ts';
import { addTrailOptions, examples } from '../parts/options.ts';
import { Progress, watched } from '../parts/progress.ts';

type Flags = TrailFlags & FileFlags & JsonFlag;

/** `export FILE`: writes the trail to a file. */
export function exportCommand(cli: Cli): Command {
  const command = new Command('export')
    .summary('write the trail to a file, for an auditor or a copy')
    .description(
      'Writes the trail to a file, an event a line, so that it can be verified without this package (verifier/verify.mjs). ' +
        'The file appears when it is complete, or not at all.',
    )
    .argument('<file>', 'a name that is still free')
    .option('--force', 'replace the file if it is there');
  return addTrailOptions(command)
    .addHelpText('after', examples(['export trail.jsonl', 'all of it'], ['export trail.jsonl --force', 'once more']))
    .action(action(cli, (path: string, flags: Flags) => run(cli, path, flags)));
}

async function run(cli: Cli, path: string, flags: Flags) {
  const isForced = flags.force === true;
  await checkIsFree(path, isForced);
  let events = 0;
  const progress = new Progress(cli.terminal, { doing: 'Exporting' });
  await withTrail(cli, flags, ({ eventStore, head }) =>
    placeFile(path, isForced, async (unfinished) => {
      const readTrail = (options?: ReadTrailOptions) => watched(eventStore.readTrail(options), progress, head.position);
      const store = { readTrail };
      ({ events } = await exportTrailToFile({ store, path: unfinished, signal: cli.signal }));
    }),
  ).finally(() => progress.stop());
  await printResult(cli, flags, { value: { file: path, events }, lines: [`${path}: ${events} events`] });
  return exitCodes.fine;
}
