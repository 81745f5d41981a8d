import { randomUUID } from 'node:crypto';
import { link, lstat, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PaymentMethodsError } from '../../application/errors.ts';
import type { ExportOptions } from '../../application/trail/exportTrail.ts';
import { exportTrail } from '../../application/trail/exportTrail.ts';
import type { EventStore } from '../../application/ports/eventStore.ts';
import { syncFolder } from './syncFolder.ts';

/** What of a trail goes into which file. */
export type ExportToFileOptions = ExportOptions & {
  readonly store: Pick<EventStore, 'readTrail'>;
  /** a name that is still free, in a folder that is there and whose file system has hard links */
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
};

/** How many events are in the file: one line each. */
export type ExportResult = { readonly events: number };

const batchCharacters = 256 * 1024;

/**
 * Writes an export (see `exportTrail`) to a file, in constant memory. The file appears under its name when it is complete
 * and on the disk, or not at all. Throws `EXPORT_EXISTS`, and changes nothing, when the name is taken; also what the store
 * and `node:fs` throw, and the signal's reason.
 */
export async function exportTrailToFile(options: ExportToFileOptions): Promise<ExportResult> {
  const { path } = options;
  if (await isTaken(path)) throw exists(path);
  const unfinished = `${path}.${randomUUID()}.unfinished`;
  try {
    const events = await writeLines(unfinished, options);
    // Unlike a rename, a link never replaces what has the name already.
    await link(unfinished, path);
    await syncFolder(dirname(path));
    return { events };
  } catch (error) {
    throw isExisting(error) ? exists(path, error) : error;
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function writeLines(path: string, { store, signal, ...range }: ExportToFileOptions): Promise<number> {
  const file = await open(path, 'wx');
  try {
    let events = 0;
    let waiting = '';
    for await (const line of exportTrail(store, range)) {
      events += 1;
      waiting += `${line}\n`;
      if (waiting.length < batchCharacters) continue;
      signal?.throwIfAborted();
      await file.appendFile(waiting, 'utf8');
      waiting = '';
    }
    await file.appendFile(waiting, 'utf8');
    await file.sync();
    return events;
  } finally {
    await file.close();
  }
}

/** Said at once, and not after hours of work; what comes in between is found by `link`. */
async function isTaken(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function exists(path: string, cause?: unknown): PaymentMethodsError {
  return new PaymentMethodsError('EXPORT_EXISTS', `${path} is there already and stays as it is. Name another file.`, {
    details: { path },
    cause,
  });
}
