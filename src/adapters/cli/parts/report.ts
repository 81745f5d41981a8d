import type { Command } from 'commander';
import type { AsOf } from '../../../application/commands/commands.ts';
import type { Verification } from '../../../application/trail/verifyTrail.ts';
import type { ReportParts } from '../../report/index.ts';
import { systemClock } from '../../system/system.ts';
import type { Cli } from './cli.ts';
import { printResult } from './cli.ts';
import { badUsage } from './cliError.ts';
import type { OpenTrail } from './database.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import { checkIsFree, writeText } from './files.ts';
import type { FileFlags, TrailFlags } from './options.ts';
import { describePlace } from './places.ts';
import type { SealFlags, Seals } from './verification.ts';
import { addSealOptions, readSeals, verifyOpen } from './verification.ts';

export type ReportFlags = TrailFlags &
  SealFlags &
  FileFlags & { readonly html?: string; readonly json?: true; readonly asOf?: AsOf };

export function addReportOptions(command: Command): Command {
  return addSealOptions(
    command
      .option('--html <file>', 'write it as a page that anybody can look at, with the state of the trail verified')
      .option('--force', 'replace the file if it is there'),
  );
}

/** Where a report is to go, and what the trail is held against; null where none was asked for. Before any work. */
export type ReportPlan = { readonly file: string; readonly isForced: boolean; readonly seals: Seals };

export async function planReport(cli: Cli, flags: ReportFlags): Promise<ReportPlan | null> {
  const { html: file, force = false, seals, publicKey } = flags;
  if (file === undefined) {
    if (force || seals !== undefined || publicKey !== undefined) {
      throw badUsage('--force, --seals and --public-key are for the report: name its file with --html.');
    }
    return null;
  }
  await checkIsFree(file, force);
  return { file, isForced: force, seals: await readSeals(cli, flags) };
}

/** Verifies the trail, and writes the report. What was found wrong stands in it, and is what the command ends with. */
export async function writeReport(
  cli: Cli,
  flags: ReportFlags,
  open: OpenTrail,
  { file, isForced, seals }: ReportPlan,
  report: (parts: ReportParts) => string,
): Promise<ExitCode> {
  const { trail } = flags;
  const verification = await verifyOpen(cli, open, trail, seals);
  const asOf = flags.asOf === undefined ? undefined : describePlace(flags.asOf);
  await writeText(file, isForced, report({ trail, asOf, madeAt: systemClock.now(), verification }));
  const line = `${file}: ${describeVerification(verification)}`;
  await printResult(cli, flags, { value: { file, verification }, lines: [line] });
  return verification.intact ? exitCodes.fine : exitCodes.problem;
}

function describeVerification(verified: Verification): string {
  if (!verified.intact) return `the trail is NOT INTACT at position ${verified.position}: ${verified.problem}`;
  const sealed = verified.sealedUpTo === 0 ? 'not held against any seal' : `sealed up to ${verified.sealedUpTo}`;
  return `the trail is verified up to position ${verified.events}, ${sealed}`;
}
