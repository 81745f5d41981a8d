import type { Command } from 'commander';
import { printable, printableJson } from './printable.ts';
import type { ExitCode } from './exitCodes.ts';
import type { Terminal } from './terminal.ts';

/** What a command is given to run with. */
export type Cli = {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  /** aborted by the first Ctrl-C */
  readonly signal: AbortSignal;
  /** Takes note of how the command ended. */
  readonly finish: (exitCode: ExitCode) => void;
};

/** Makes a command of the program, its options and its help included. */
export type MakeCommand = (cli: Cli) => Command;

export type JsonFlag = { readonly json?: true };

/** An action for commander: whatever the command answers is what the program ends with. */
export function action<Args extends unknown[]>(cli: Cli, run: (...args: Args) => Promise<ExitCode>) {
  return async (...args: Args): Promise<void> => cli.finish(await run(...args));
}

/** Prints a result: as JSON where it was asked for, else in lines for a person. */
export async function printResult(
  { terminal }: Cli,
  { json = false }: { readonly json?: boolean },
  { value, lines }: { readonly value: unknown; readonly lines: readonly string[] },
): Promise<void> {
  if (json) await terminal.print(toJson(value, 2));
  else for (const line of lines) await terminal.print(line);
}

/** JSON for a terminal; an error in it stands as its code and message. */
export function toJson(value: unknown, indent?: number): string {
  return printableJson(JSON.stringify(value, errorsAsText, indent));
}

function errorsAsText(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { code: 'code' in value ? value.code : undefined, message: printable(value.message) };
}
