import { Command } from 'commander';
import { parseForgetCustomer } from '../../../application/commands/customerCommands.ts';
import { PaymentMethodsError } from '../../../application/errors.ts';
import { makeStreams } from '../../../application/events/streams.ts';
import type { KeyProvider } from '../../../application/ports/keyProvider.ts';
import type { KeyWrapper } from '../../../application/ports/keyWrapper.ts';
import type { EncryptedGroup } from '../../../application/privacy/fieldPolicy.ts';
import { Forgetting } from '../../../application/useCases/forgetCustomer.ts';
import type { CustomerReference } from '../../../domain/identifiers.ts';
import { isAccountId } from '../../../domain/identifiers.ts';
import { PostgresKeyProvider } from '../../postgres/index.ts';
import { randomIds } from '../../system/system.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import { badUsage } from '../parts/cliError.ts';
import type { OpenTrail } from '../parts/database.ts';
import { withTrail } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import type { TrailFlags } from '../parts/options.ts';
import { addTrailOptions, examples, toCustomerId } from '../parts/options.ts';

type Flags = TrailFlags & JsonFlag & { readonly actor: string; readonly yes?: true; readonly withoutKey?: true };
type Id = CustomerReference['id'];

/** Whatever of these the application encrypts: a customer who has a key has something that is, or the caller says so. */
const encrypts: readonly EncryptedGroup[] = ['billingDetails', 'card', 'fingerprint'];

/** `forget CUSTOMER`: destroys the key of a customer's personal fields. */
export function forgetCommand(cli: Cli): Command {
  const command = new Command('forget')
    .summary("destroy the key of a customer's personal fields, for good")
    .description(
      "Destroys the key that a customer's personal fields are encrypted under, then records that the customer was " +
        'forgotten. Nobody reads those fields ever again; the trail goes on, and verifies. It needs no master key. The ' +
        'same again destroys a key that came back with a backup.',
    )
    .argument('<customer>', 'cus_…, or acct_… of an account that acts as a customer', toCustomerId)
    .option('--yes', 'you mean it: nothing brings the key back')
    .option('--without-key', 'also a customer who has no key, as after a restore to before the first one was made')
    .option('--actor <id>', 'who is recorded as asking: a pseudonym, never a name', 'cli');
  return addTrailOptions(command)
    .addHelpText(
      'after',
      examples(
        ['forget cus_NbZ8Ki3f322LNn --yes --actor privacy-desk', 'a customer asked for it'],
        ['forget acct_1032D82eZvKYlo2C --yes', 'an account has a key of its own'],
        ['forget cus_NbZ8Ki3f322LNn --yes --without-key', 'forgotten before the restore of a backup'],
      ),
    )
    .action(action(cli, (customer: Id, flags: Flags) => run(cli, customer, flags)));
}

async function run(cli: Cli, id: Id, flags: Flags) {
  const { actor, trail } = flags;
  const { customer, context } = parseForgetCustomer({
    [isAccountId(id) ? 'customerAccount' : 'customer']: id,
    actor,
  });
  if (flags.yes !== true) {
    throw badUsage(
      `forget destroys the key of ${id} in trail ${trail}, and nothing brings it back. Nothing was done; to do it, add --yes.`,
    );
  }
  return withTrail(cli, flags, async (open) => {
    const keys = keysOf(open, flags);
    const found = (await keys.read([id])).get(id);
    if (found === undefined && flags.withoutKey !== true) {
      cli.terminal.note(
        `Trail ${trail} has no key of ${id}: nothing of that customer is encrypted, and nothing was done. Check the id, --trail and --schema; to forget it all the same, as after a restore, add --without-key.`,
      );
      return exitCodes.problem;
    }
    const streams = makeStreams(open.eventStore, randomIds).customers;
    const { outcome } = await new Forgetting(streams, keys, { trail, encrypts }).forget(customer, context);
    const hadKey = found !== undefined && found.status !== 'destroyed';
    const key = found === undefined ? 'it had no key, and gets none' : keyNow(hadKey);
    await printResult(cli, flags, { value: { outcome, customer, hadKey }, lines: [lineOf(id, outcome, key)] });
    if (flags.json !== true) cli.terminal.note(remains(id));
    return exitCodes.fine;
  });
}

function keyNow(hadKey: boolean): string {
  return hadKey ? 'its key is destroyed' : 'its key was destroyed before';
}

function lineOf(id: Id, outcome: 'forgotten' | 'alreadyForgotten', key: string): string {
  return outcome === 'forgotten'
    ? `forgotten ${id}: ${key}, and the trail says so now`
    : `already forgotten ${id}: ${key}, and the trail said so before`;
}

function remains(id: Id): string {
  return `Left as they are: what was recorded of ${id} in the clear, backups of its key, and all that Stripe has. See docs/privacy.md.`;
}

/** The trail's keys, to be destroyed alone: none opens here. */
function keysOf({ pool }: OpenTrail, { schema, trail }: TrailFlags): KeyProvider {
  return new PostgresKeyProvider({ pool, schema, trail, wrapper: withoutMasterKey });
}

const withoutMasterKey: KeyWrapper = {
  masterKeyId: 'none',
  makeKey: () => {
    throw noMasterKey();
  },
  wrap: () => Promise.reject(noMasterKey()),
  unwrap: () => Promise.reject(noMasterKey()),
};

function noMasterKey(): PaymentMethodsError {
  return new PaymentMethodsError('KEY_UNREADABLE', 'The command line has no master key: it opens no key.');
}
