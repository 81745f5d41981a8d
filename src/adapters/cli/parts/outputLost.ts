import { couldNotRun } from './cliError.ts';
import { messageOf } from './explain.ts';

/** Why a command is stopped: what it prints goes nowhere any more. */
export class OutputLost extends Error {
  override readonly name = 'OutputLost';

  constructor(cause: Error) {
    super('the output cannot be written', { cause });
  }

  /** True where whoever read it had enough, as `head` does: nothing went wrong. */
  get isByReader(): boolean {
    return this.cause instanceof Error && 'code' in this.cause && this.cause.code === 'EPIPE';
  }

  toCliError(): Error {
    return couldNotRun(
      `The output cannot be written: ${messageOf(this.cause)}. What was written is not all of it.`,
      this,
    );
  }
}
