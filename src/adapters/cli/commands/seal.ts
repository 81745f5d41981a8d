import { Command } from 'commander';
import { ed25519Signer, FileSealSink, sealTrail } from '../../audit/index.ts';
import { systemClock } from '../../system/system.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import { withTrail } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import { checkIsFree, isTaken, readText } from '../parts/files.ts';
import type { TrailFlags } from '../parts/options.ts';
import { addTrailOptions, examples } from '../parts/options.ts';

type Flags = TrailFlags & JsonFlag & { readonly key: string; readonly seals: string };

/** `seal`: signs the trail's head. */
export function sealCommand(cli: Cli): Command {
  const command = new Command('seal')
    .summary("sign the trail's head, and keep the seal in a file")
    .description(
      "Signs the trail's head, if anything was appended since the last seal, and adds the seal to a file. Keep the file, " +
        'or a copy of it, where whoever can change the database cannot reach it.',
    )
    .requiredOption('--key <file>', 'the private key, Ed25519 in PEM (openssl genpkey -algorithm ed25519)')
    .requiredOption('--seals <file>', 'the file of seals; made if missing, and only ever added to');
  return addTrailOptions(command)
    .addHelpText(
      'after',
      examples(['seal --key seal-key.pem --seals /mnt/elsewhere/seals.jsonl', 'every minute, from a scheduler']),
    )
    .action(action(cli, (flags: Flags) => run(cli, flags)));
}

async function run(cli: Cli, flags: Flags) {
  const { key, seals: path, trail } = flags;
  const signer = ed25519Signer(await readText(key, 'The private key'));
  const onTornLine = ({ line }: { readonly line: number }) =>
    cli.terminal.note(`Line ${line} of ${path} was left unfinished by a crash; it is passed over.`);
  if (!(await isTaken(path))) await checkIsFree(path, false);
  const sink = new FileSealSink({ path, onTornLine });
  const sealed = await withTrail(cli, flags, ({ eventStore: store }) =>
    sealTrail({ store, signer, sink, clock: systemClock, trail }),
  );
  const { result, seal } = sealed;
  const line =
    result === 'sealed'
      ? `sealed up to position ${seal.position}, with key ${seal.keyId}`
      : `unchanged: nothing was appended since the seal at position ${seal?.position ?? 0}`;
  await printResult(cli, flags, { value: sealed, lines: [line] });
  return exitCodes.fine;
}
