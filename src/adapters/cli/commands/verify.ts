import { Command } from 'commander';
import type { Verification } from '../../../application/trail/verifyTrail.ts';
import type { Cli, JsonFlag } from '../parts/cli.ts';
import { action, printResult } from '../parts/cli.ts';
import { withTrail } from '../parts/database.ts';
import { exitCodes } from '../parts/exitCodes.ts';
import type { TrailFlags } from '../parts/options.ts';
import { addTrailOptions, examples } from '../parts/options.ts';
import { printable } from '../parts/printable.ts';
import type { Terminal } from '../parts/terminal.ts';
import type { SealFlags } from '../parts/verification.ts';
import { addSealOptions, readSeals, verifyOpen } from '../parts/verification.ts';

type Flags = TrailFlags & SealFlags & JsonFlag;

/** `verify`: shows that nothing of the trail was changed, or where it was. */
export function verifyCommand(cli: Cli): Command {
  const command = addSealOptions(
    new Command('verify')
      .summary('show that nothing of the trail was changed, or where it was')
      .description(
        'Reads the whole trail and recomputes every position, version and hash. With --seals it also finds a tail that ' +
          'was cut off, and a trail that was rewritten with its hashes. What it can see and what not is in docs/seals.md.',
      ),
  );
  return addTrailOptions(command)
    .addHelpText(
      'after',
      examples(
        ['verify', 'the chain of hashes alone'],
        ['verify --seals seals.jsonl --public-key seal-key.pub.pem', 'against the seals, which were kept elsewhere'],
      ),
    )
    .action(action(cli, (flags: Flags) => run(cli, flags)));
}

async function run(cli: Cli, flags: Flags) {
  const seals = await readSeals(cli, flags);
  const verified = await withTrail(cli, flags, (open) => verifyOpen(cli, open, flags.trail, seals));
  await printResult(cli, flags, { value: verified, lines: linesOf(cli.terminal, verified) });
  return verified.intact ? exitCodes.fine : exitCodes.problem;
}

function linesOf(terminal: Terminal, verified: Verification): readonly string[] {
  if (verified.intact) {
    const sealed = verified.sealedUpTo === 0 ? 'not held against any seal' : `sealed up to ${verified.sealedUpTo}`;
    return [`${terminal.style('green', 'intact')}: ${verified.events} events, ${sealed}, last hash ${verified.hash}`];
  }
  const { position, problem, expected, actual } = verified;
  return [
    `${terminal.style('red', 'NOT INTACT')} at position ${position}: ${problem}`,
    `  expected ${printable(expected)}`,
    `  found    ${printable(actual)}`,
  ];
}
