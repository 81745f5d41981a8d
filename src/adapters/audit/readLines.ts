import { createReadStream } from 'node:fs';

/**
 * The lines of a UTF-8 file, in constant memory, without their line feeds; only a line feed ends a line. The last one
 * comes as it is, complete or not. Throws as `node:fs` does.
 */
export async function* readLines(path: string): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
