import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PaymentMethodsError } from '../../application/errors.ts';
import type { Seal, SealSink } from '../../application/ports/sealSink.ts';
import { parseSeal } from '../../application/trail/seals.ts';
import { readLines } from './readLines.ts';
import { syncFolder } from './syncFolder.ts';

export type FileSealSinkOptions = {
  /** One file per trail. It is made by the first write. */
  readonly path: string;
  /** told of each line that a write left unfinished, which `read` passes over; lines count from 1 */
  readonly onTornLine?: ((torn: { readonly path: string; readonly line: number }) => void) | undefined;
};

/** Keeps the seals of one trail in a file of JSON lines, which it only ever appends to. */
export class FileSealSink implements SealSink {
  readonly #path: string;
  readonly #onTornLine: NonNullable<FileSealSinkOptions['onTornLine']>;

  constructor({ path, onTornLine = () => {} }: FileSealSinkOptions) {
    this.#path = path;
    this.#onTornLine = onTornLine;
  }

  /** Resolves when the seal is on the disk. Throws as `node:fs` does. */
  async write(seal: Seal): Promise<void> {
    const file = await open(this.#path, 'a');
    try {
      // One write, which appends as a whole; the line feed before it ends a line that an earlier write left torn.
      const bytes = Buffer.from(`\n${JSON.stringify(seal)}\n`, 'utf8');
      const { bytesWritten } = await file.write(bytes);
      if (bytesWritten < bytes.length) throw new Error(`${this.#path} took only part of a seal; is the disk full?`);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(dirname(this.#path));
  }

  /** See `SealSink`; of a file that is not there, nothing. */
  async *read(trail: string): AsyncGenerator<Seal, void, undefined> {
    let line = 0;
    try {
      for await (const text of readLines(this.#path)) {
        line += 1;
        if (text === '') continue;
        const seal = parseSeal(parseJson(text));
        if (seal?.trail === trail) yield seal;
        else if (seal === undefined && isTorn(text)) this.#onTornLine({ path: this.#path, line });
        else throw unreadable(this.#path, line, trail, seal);
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
      throw error;
    }
  }
}

/**
 * Whether a write ended inside this line. A seal's only brace comes last, right behind its signature; a line that has it,
 * or anything else in its place, was written whole and changed later.
 */
function isTorn(text: string): boolean {
  return !text.includes('}') && !/"signature":"[^"]*"./.test(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(path: string, line: number, trail: string, seal: Seal | undefined): PaymentMethodsError {
  const found = seal === undefined ? 'no seal that this version can read' : `a seal of trail ${seal.trail}`;
  return new PaymentMethodsError(
    'SEALS_UNREADABLE',
    `Line ${line} of ${path} holds ${found}; one of trail ${trail} was expected. Keep the file as it is, and compare it with a copy.`,
    { details: { path, line, trail } },
  );
}
