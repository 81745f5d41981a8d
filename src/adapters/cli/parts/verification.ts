import { Option } from 'commander';
import type { Command } from 'commander';
import type { Verification } from '../../../application/trail/verifyTrail.ts';
import { FileSealSink, keyIdOf, verify } from '../../audit/index.ts';
import type { Cli } from './cli.ts';
import { badUsage } from './cliError.ts';
import type { OpenTrail } from './database.ts';
import { isTaken, readText } from './files.ts';
import { collect } from './options.ts';
import { Progress } from './progress.ts';

export type SealFlags = { readonly seals?: string; readonly publicKey?: readonly string[] };

/** What a trail is to be held against, read and checked. */
export type Seals = {
  readonly seals?: FileSealSink | undefined;
  readonly publicKeys?: Readonly<Record<string, string>> | undefined;
};

export function addSealOptions(command: Command): Command {
  return command
    .option('--seals <file>', 'hold the trail against the seals in this file too')
    .addOption(
      new Option(
        '--public-key <file>',
        'a key that made these seals, in PEM (FILE, or NAME=FILE); once for each',
      ).argParser(collect),
    );
}

/** The seals that the options name. A file that is not there is no file without seals: somebody mistyped it, or took it. */
export async function readSeals(
  { terminal }: Cli,
  { seals: path, publicKey: keyFiles = [] }: SealFlags,
): Promise<Seals> {
  if (path === undefined && keyFiles.length === 0) return {};
  if (path === undefined) throw badUsage('--public-key is for --seals: name the file of seals as well.');
  if (keyFiles.length === 0) throw badUsage('--seals needs --public-key: the key that the seals were made with.');
  if (!(await isTaken(path))) throw badUsage(`The file of seals ${path} is not there.`);
  const publicKeys: Record<string, string> = {};
  for (const given of keyFiles) {
    const [, name, file = given] = /^([^=]+)=(.+)$/.exec(given) ?? [];
    const pem = await readText(file, 'The public key');
    publicKeys[name ?? keyIdOf(pem)] = pem;
  }
  const onTornLine = ({ line }: { readonly line: number }) =>
    terminal.note(`Line ${line} of ${path} was left unfinished by a crash; it is passed over.`);
  return { seals: new FileSealSink({ path, onTornLine }), publicKeys };
}

/** Verifies an open trail, and shows how far it is. */
export async function verifyOpen(
  cli: Cli,
  { eventStore }: OpenTrail,
  trail: string,
  seals: Seals,
): Promise<Verification> {
  const progress = new Progress(cli.terminal, { doing: 'Verifying' });
  const onProgress = ({ checked, head }: { readonly checked: number; readonly head: number }) =>
    progress.update(checked, head);
  try {
    return await verify(eventStore, { ...seals, trail, onProgress, signal: cli.signal });
  } finally {
    progress.stop();
  }
}
