import { Writable } from 'node:stream';
import type { Output } from '../../../src/adapters/cli/parts/terminal.ts';
import { runCli } from '../../../src/adapters/cli/runCli.ts';

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

export type Surroundings = {
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** true for a terminal of 80 columns */
  readonly isTTY?: boolean;
  /** told of everything that is written to stderr */
  readonly onErr?: (text: string) => void;
};

/** A stream that keeps what is written to it. */
export function keeper({
  isTTY = false,
  onWrite = () => {},
}: {
  isTTY?: boolean;
  onWrite?: (text: string) => void;
} = {}) {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      onWrite(chunk.toString());
      done();
    },
  });
  const output: Output = isTTY ? Object.assign(stream, { isTTY, columns: 80 }) : stream;
  return { output, text: () => text };
}

/** Runs the command line once, in this process. */
export async function run(args: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const { env = {}, signal = new AbortController().signal, isTTY = false, onErr = () => {} } = surroundings;
  const stdout = keeper({ isTTY });
  const stderr = keeper({ isTTY, onWrite: onErr });
  const code = await runCli(args, { stdout: stdout.output, stderr: stderr.output, env, signal });
  return { code, out: stdout.text(), err: stderr.text() };
}
