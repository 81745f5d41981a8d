import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PaymentMethodsError } from '../../application/errors.ts';
import type { Seal, SealSink } from '../../application/ports/sealSink.ts';
import { parseSealLine, toSealLine } from '../../application/trail/seals.ts';
import type { Finding } from '../../application/trail/trailProblem.ts';
import { readLines, readLinesBackwards } from './readLines.ts';
import { syncFolder } from './syncFolder.ts';

/** Where the seals of a trail are kept, one line of JSON each. */
export type FileSealSinkOptions = {
  /** One file per trail. It is made by the first write. */
  readonly path: string;
  /** told of each line that a write left unfinished, which `read` passes over; lines count from 1 */
  readonly onTornLine?: ((torn: { readonly path: string; readonly line: number }) => void) | undefined;
};

/** How many `last` compares. */
const lastSeals = 100;

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
      const bytes = Buffer.from(`\n${toSealLine(seal)}\n`, 'utf8');
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
        const seal = readSeal(text, trail, this.#path, line);
        if (seal !== null) yield seal;
        else if (text !== '') this.#onTornLine({ path: this.#path, line });
      }
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** See `SealSink`; reads the file from its end, as far as that takes. */
  async last(trail: string): Promise<Seal | null> {
    const seals: Seal[] = [];
    try {
      for await (const text of readLinesBackwards(this.#path)) {
        const seal = readSeal(text, trail, this.#path, null);
        if (seal !== null) seals.push(seal);
        if (seals.length === lastSeals) break;
      }
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return seals.sort((one, other) => other.position - one.position)[0] ?? null;
  }
}

/** The seal in a line; null if there is none, because it is empty or a write ended in it. */
function readSeal(text: string, trail: string, path: string, line: number | null): Seal | null {
  if (text === '') return null;
  const seal = parseSealLine(text, trail);
  if (!('problem' in seal)) return seal;
  if (seal.problem === 'sealInvalid' && isTorn(text)) return null;
  throw unreadable(path, line, trail, seal);
}

/**
 * Whether a write ended inside this line. A seal's only brace comes last, right behind its signature; a line that has it,
 * or anything else in its place, was written whole and changed later.
 */
function isTorn(text: string): boolean {
  return !text.includes('}') && !/"signature":"[^"]*"./.test(text);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** The line's number is null where it was counted from the end. */
function unreadable(path: string, line: number | null, trail: string, finding: Finding): PaymentMethodsError {
  const { problem, actual } = finding;
  const found = problem === 'sealInvalid' ? 'no seal that this version can read' : `a seal of trail ${actual}`;
  return new PaymentMethodsError(
    'SEALS_UNREADABLE',
    `${line === null ? 'One of the last lines' : `Line ${line}`} of ${path} holds ${found}; one of trail ${trail} was expected. Keep the file as it is, and compare it with a copy.`,
    { details: { path, line, trail, ...finding } },
  );
}
