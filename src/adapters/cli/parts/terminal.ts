import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { withoutSecrets } from './printable.ts';

/** A stream that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined };

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red';

export type TerminalParts = {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
};

/** Where a command writes: results to stdout, and whatever else it has to say to stderr. */
export class Terminal {
  readonly stderr: Output;
  /** true where a bar may be drawn, and drawn again */
  readonly isInteractive: boolean;
  /** true where results are shown as they come: by this terminal, or by a pager, which has the terminal to itself */
  readonly isShowing: boolean;
  readonly #stdout: Output;
  readonly #styled: { readonly stdout: boolean; readonly stderr: boolean };

  constructor({ stdout, stderr, env }: TerminalParts) {
    this.#stdout = stdout;
    this.stderr = stderr;
    this.isInteractive = stderr.isTTY === true && env['TERM'] !== 'dumb';
    this.isShowing = stdout.isTTY === true || stdout instanceof Socket;
    this.#styled = { stdout: isStyled(stdout, env), stderr: isStyled(stderr, env) };
  }

  /** Writes a line of the result; resolves when more may be written. */
  async print(line: string): Promise<void> {
    if (!this.#stdout.write(`${line}\n`) && !this.#stdout.destroyed) await once(this.#stdout, 'drain');
  }

  /** Tells the user something that is not the result. */
  note(line: string): void {
    this.stderr.write(`${withoutSecrets(line)}\n`);
  }

  /** A text of a result in a style, where stdout shows one. */
  style(style: Style, text: string): string {
    return this.#styled.stdout ? styled(style, text) : text;
  }

  /** The same for a note. */
  styleNote(style: Style, text: string): string {
    return this.#styled.stderr ? styled(style, text) : text;
  }
}

/** https://no-color.org and https://force-color.org: set to anything but nothing; FORCE_COLOR=0 forces nothing. */
function isStyled(stream: Output, env: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR: none = '', FORCE_COLOR: force = '' } = env;
  if (force !== '') return force !== '0' && force !== 'false';
  return none === '' && stream.isTTY === true && env['TERM'] !== 'dumb';
}

function styled(style: Style, text: string): string {
  // It was decided above for the stream that is written to, which Node does not know.
  return styleText(style, text, { validateStream: false });
}
