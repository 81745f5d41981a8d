import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';

/** A reason not to go on, in the words that the user is to read. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

export function badUsage(message: string): CliError {
  return new CliError(exitCodes.badUsage, message);
}

export function couldNotRun(message: string, cause?: unknown): CliError {
  return new CliError(exitCodes.couldNotRun, message, cause);
}
