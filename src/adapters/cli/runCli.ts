import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { attachCommand } from './commands/attach.ts';
import { completionCommand } from './commands/completion.ts';
import { customerCommand } from './commands/customer.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { forgetCommand } from './commands/forget.ts';
import { historyCommand } from './commands/history.ts';
import { migrateCommand } from './commands/migrate.ts';
import { rebuildCommand } from './commands/rebuild.ts';
import { reconcileCommand } from './commands/reconcile.ts';
import { recoverCommand } from './commands/recover.ts';
import { replayCommand } from './commands/replay.ts';
import { sealCommand } from './commands/seal.ts';
import { simulatorCommand } from './commands/simulator.ts';
import { verifyCommand } from './commands/verify.ts';
import type { Cli, MakeCommand } from './parts/cli.ts';
import { toJson } from './parts/cli.ts';
import { CliError } from './parts/cliError.ts';
import type { ExitCode } from './parts/exitCodes.ts';
import { exitCodes } from './parts/exitCodes.ts';
import { explain } from './parts/explain.ts';
import { OutputLost } from './parts/outputLost.ts';
import { withoutSecrets } from './parts/printable.ts';
import type { Output } from './parts/terminal.ts';
import { Terminal } from './parts/terminal.ts';

export type CliParts = {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
  /** when it is aborted, what is under way is ended, and nothing is left half-written */
  readonly signal: AbortSignal;
};

const commands: readonly MakeCommand[] = [
  migrateCommand,
  attachCommand,
  historyCommand,
  customerCommand,
  replayCommand,
  rebuildCommand,
  recoverCommand,
  reconcileCommand,
  forgetCommand,
  verifyCommand,
  sealCommand,
  exportCommand,
  doctorCommand,
  simulatorCommand,
  demoCommand,
  completionCommand,
];

const stoppedWords = 'Stopped. Nothing was left half-written; the same command begins again, or goes on where it was.';

const afterHelp = `
Environment:
  DATABASE_URL     the database, as in postgres://user:password@127.0.0.1:5432/database
  STRIPE_API_KEY   a secret or restricted key (sk_… or rk_…), for attach, reconcile and recover
  STRIPE_API_BASE  a proxy (https) or a simulator on this machine to ask instead of Stripe, with that key
  NO_COLOR         no colours, wherever the output goes; FORCE_COLOR=1 is the opposite

Exit codes:
  0  fine
  1  found a problem: a rejection, an unknown outcome, a trail that is not intact, nothing under that id
  2  bad usage: an argument, an option or a setting makes no sense; nothing was done
  3  could not run: the database, the trail or Stripe was not there
  130  stopped by Ctrl-C, or because nobody reads the output any more

Start here:
  $ attach-payment-method demo
  $ attach-payment-method <command> --help
`;

/** Runs the command line once. Never throws, and ends no process: answers what to end it with. */
export async function runCli(args: readonly string[], { stdout, stderr, env, signal }: CliParts): Promise<ExitCode> {
  const terminal = new Terminal({ stdout, stderr, env });
  const isJson = args.includes('--json');
  let exitCode: ExitCode = exitCodes.fine;
  const finish = (code: ExitCode) => {
    exitCode = code;
  };
  try {
    await makeProgram({ terminal, env, signal, finish }, { stdout, stderr, isJson }).parseAsync(args, { from: 'user' });
    if (signal.reason instanceof OutputLost) throw signal.reason;
    // A simulator is stopped by a signal as a matter of course.
    return signal.aborted && args[0] !== 'simulator' ? exitCodes.stopped : exitCode;
  } catch (error) {
    return tellWhy(terminal, isJson, signal.aborted ? whyStopped(signal.reason) : error);
  }
}

/** Null where nobody is to be told: whoever read the output went, and knows. */
function whyStopped(reason: unknown): Error | null {
  if (reason instanceof OutputLost) return reason.isByReader ? null : reason.toCliError();
  return new CliError(exitCodes.stopped, stoppedWords);
}

function tellWhy(terminal: Terminal, isJson: boolean, error: unknown): ExitCode {
  if (error === null) return exitCodes.stopped;
  const { exitCode, code, message } = explain(error);
  if (exitCode === exitCodes.fine) return exitCode;
  if (isJson) terminal.note(toJson({ error: { code, message }, exitCode }));
  else if (exitCode === exitCodes.stopped) terminal.note(message);
  // Commander has told its own errors.
  else if (!(error instanceof CommanderError)) {
    terminal.note(`${terminal.styleNote('red', 'error:')} ${message}${code === null ? '' : ` (${code})`}`);
  }
  return exitCode;
}

type Streams = Pick<CliParts, 'stdout' | 'stderr'> & { readonly isJson: boolean };

function makeProgram(cli: Cli, streams: Streams): Command {
  const program = new Command('attach-payment-method')
    .description('Attaches Stripe payment methods to customers, and keeps a trail of it that shows what was changed.')
    .version(packageVersion(), '--version', 'print the version')
    .addHelpText('after', afterHelp)
    .helpCommand('help [command]', 'show the help of a command');
  for (const make of commands) program.addCommand(make(cli));
  for (const command of [program, ...program.commands]) prepare(command, streams);
  return program;
}

/** The folder of the package is as far up from the sources as from what is built of them. */
function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** Commander's own words go where ours go, its errors name the way out, and it never ends the process. */
function prepare(command: Command, { stdout, stderr, isJson }: Streams): void {
  command
    .exitOverride()
    .showHelpAfterError(`(see: ${nameOf(command)} --help)`)
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void (isJson || stderr.write(withoutSecrets(text))),
      getOutHelpWidth: () => Math.min(stdout.columns ?? 100, 100),
      getErrHelpWidth: () => Math.min(stderr.columns ?? 100, 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;
}
