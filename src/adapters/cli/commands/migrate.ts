import { Command } from 'commander';
import { migrate } from '../../postgres/index.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import { badUsage } from '../parts/cliError.ts';
import { withDatabase } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import type { SchemaFlag } from '../parts/options.ts';
import { examples, jsonOption, schemaOption } from '../parts/options.ts';

type Flags = SchemaFlag & JsonFlag & { readonly owner?: string; readonly app?: string; readonly reader?: string };

/** `migrate`: makes the tables, or brings them up to date. */
export function migrateCommand(cli: Cli): Command {
  return new Command('migrate')
    .summary('make the tables, or bring them up to date')
    .description(
      'Makes the tables in DATABASE_URL, or brings them up to date: all pending migrations, or none. ' +
        'Safe to run at every deploy, and from several places at once.',
    )
    .addOption(schemaOption())
    .option('--owner <role>', 'the role that owns the tables (made if missing); with --app and --reader')
    .option('--app <role>', 'the role that may append')
    .option('--reader <role>', 'the role that may read')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        ['migrate', 'into the schema payment_trail, owned by whoever connects'],
        ['migrate --owner trail_owner --app trail_app --reader trail_reader', 'with roles of its own'],
      ),
    )
    .action(action(cli, (flags: Flags) => run(cli, flags)));
}

async function run(cli: Cli, flags: Flags) {
  const { schema } = flags;
  const roles = rolesOf(flags);
  const { applied } = await withDatabase(cli, (pool) => migrate({ pool, schema, roles }));
  const lines =
    applied.length === 0
      ? [`Schema ${schema} is up to date.`]
      : [...applied.map((name) => `ran ${name}`), `Schema ${schema} is ready.`];
  await printResult(cli, flags, { value: { schema, applied }, lines });
  return exitCodes.fine;
}

function rolesOf({ owner, app, reader }: Flags) {
  if (owner === undefined && app === undefined && reader === undefined) return undefined;
  if (owner !== undefined && app !== undefined && reader !== undefined) return { owner, app, reader };
  throw badUsage('--owner, --app and --reader belong together: give all three, or none.');
}
