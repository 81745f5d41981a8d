import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

const blockBytes = 64 * 1024;

/**
 * The lines of a UTF-8 file, in constant memory, without their line feeds; only a line feed ends a line. The last one
 * comes as it is, complete or not. One that is not UTF-8 comes with U+FFFD for what is not, and another at its end, so that
 * it is taken for nothing that a file had before. Throws as `node:fs` does.
 */
export async function* readLines(path: string): AsyncGenerator<string, void, undefined> {
  let rest = '';
  // A byte, a character: a line feed is one of its own in UTF-8, and lines are decoded whole.
  for await (const chunk of createReadStream(path, 'latin1')) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines.map(decode);
  }
  if (rest !== '') yield decode(rest);
}

/** The same lines from the last to the first, read in blocks, as far as they are asked for. */
export async function* readLinesBackwards(path: string): AsyncGenerator<string, void, undefined> {
  const file = await open(path, 'r');
  try {
    let rest = '';
    let { size: start } = await file.stat();
    while (start > 0) {
      const end = start;
      start = Math.max(0, end - blockBytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      const lines = `${buffer.toString('latin1', 0, bytesRead)}${rest}`.split('\n');
      rest = lines.shift() ?? '';
      yield* lines.reverse().map(decode);
    }
    yield decode(rest);
  } finally {
    await file.close();
  }
}

function decode(line: string): string {
  const bytes = Buffer.from(line, 'latin1');
  const text = bytes.toString('utf8');
  return isUtf8(bytes) ? text : `${text}\ufffd`;
}
