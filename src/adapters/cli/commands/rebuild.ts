import { Argument, Command } from 'commander';
import { knownCustomers } from '../../../application/readModels/knownCustomers.ts';
import { openAttempts } from '../../../application/readModels/openAttempts.ts';
import { paymentMethodsByCustomer } from '../../../application/readModels/paymentMethodsByCustomer.ts';
import { Projections } from '../../../application/readModels/projections.ts';
import { wishedDefaults } from '../../../application/readModels/wishedDefaults.ts';
import { PostgresReadModels } from '../../postgres/index.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import type { OpenTrail } from '../parts/database.ts';
import { withTrail } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import type { TrailFlags } from '../parts/options.ts';
import { addTrailOptions, examples } from '../parts/options.ts';
import { Progress } from '../parts/progress.ts';

/** Each under its own name. */
const builtIn = { paymentMethodsByCustomer, openAttempts, wishedDefaults, knownCustomers };
type Name = keyof typeof builtIn;
type Flags = TrailFlags & JsonFlag;

/** `rebuild NAME`: makes the documents of a projection anew. */
export function rebuildCommand(cli: Cli): Command {
  const name = new Argument('<name>', 'the projection').choices(Object.keys(builtIn));
  return addTrailOptions(
    new Command('rebuild')
      .summary('make the documents of a projection anew from the trail')
      .description(
        'Makes the documents of a projection anew from the beginning of the trail, beside those that are read ' +
          'meanwhile, and puts them in their place at once. Stopped half-way it changes nothing that is read; ' +
          'run it again, and it goes on where it was.',
      )
      .addArgument(name),
  )
    .addHelpText('after', examples(['rebuild paymentMethodsByCustomer', 'after its documents were damaged by hand']))
    .action(action(cli, (projection: Name, flags: Flags) => run(cli, projection, flags)));
}

async function run(cli: Cli, name: Name, flags: Flags) {
  const active = await withTrail(cli, flags, (open) => rebuild(cli, name, flags, open));
  const value = { projection: name, version: active?.version ?? null, position: active?.position ?? null };
  const line = `${name} is rebuilt, up to position ${value.position}.`;
  await printResult(cli, flags, { value, lines: [line] });
  return exitCodes.fine;
}

async function rebuild(cli: Cli, name: Name, { schema, trail }: Flags, { pool, eventStore }: OpenTrail) {
  const readModels = new PostgresReadModels({ pool, schema, trail });
  const projections = new Projections({ eventStore, readModels });
  const progress = new Progress(cli.terminal, { doing: `Rebuilding ${name}` });
  const options = {
    signal: cli.signal,
    onProgress: ({ position, head }: { readonly position: number; readonly head: number }) =>
      progress.update(position, head),
  };
  try {
    switch (name) {
      case 'paymentMethodsByCustomer':
        await projections.rebuild(paymentMethodsByCustomer, options);
        break;
      case 'openAttempts':
        await projections.rebuild(openAttempts, options);
        break;
      case 'wishedDefaults':
        await projections.rebuild(wishedDefaults, options);
        break;
      case 'knownCustomers':
        await projections.rebuild(knownCustomers, options);
        break;
      default:
        name satisfies never;
    }
  } finally {
    progress.stop();
  }
  const generations = await projections.status({ name });
  return generations.find(({ state, version }) => state === 'active' && version === builtIn[name].version);
}
