import { Command } from 'commander';
import { doctor } from '../../postgres/index.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import { withDatabase } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import type { SchemaFlag } from '../parts/options.ts';
import { examples, jsonOption, schemaOption } from '../parts/options.ts';
import { printable } from '../parts/printable.ts';

type Flags = SchemaFlag & JsonFlag;

/** `doctor`: examines whether the database enforces what the trail promises. */
export function doctorCommand(cli: Cli): Command {
  return new Command('doctor')
    .summary('examine whether the database keeps the promises')
    .description(
      'Examines rights, triggers, functions and settings of the database, through the role in DATABASE_URL: connect as ' +
        'your application does. It changes nothing. What it says of each finding is in docs/roles.md.',
    )
    .addOption(schemaOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(['doctor', 'after a deploy'], ['doctor --json', 'for a health check']))
    .action(action(cli, (flags: Flags) => run(cli, flags)));
}

async function run(cli: Cli, flags: Flags) {
  const { terminal } = cli;
  const diagnosis = await withDatabase(cli, (pool) => doctor({ pool, schema: flags.schema }));
  const lines = diagnosis.healthy
    ? ['Healthy: nothing was found.']
    : diagnosis.findings.flatMap(({ code, message, cure }) => [
        `${terminal.style('red', code)}: ${printable(message)}`,
        `  ${printable(cure)}`,
      ]);
  await printResult(cli, flags, { value: diagnosis, lines });
  if (diagnosis.findings.some(({ cure }) => cure.includes('migrate({ pool, schema })'))) {
    cli.terminal.note(`migrate({ pool, schema }) is: attach-payment-method migrate --schema ${flags.schema}`);
  }
  if (diagnosis.findings.some(({ cure }) => cure.includes('roles })'))) {
    cli.terminal.note('migrate({ roles }) is: attach-payment-method migrate --owner ROLE --app ROLE --reader ROLE');
  }
  return diagnosis.healthy ? exitCodes.fine : exitCodes.problem;
}
