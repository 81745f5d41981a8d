import { randomUUID } from 'node:crypto';
import { access, constants, link, lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { badUsage, couldNotRun } from './cliError.ts';
import { messageOf } from './explain.ts';

/** Throws where the file cannot be made, or is there and may not be replaced: before long work, not after it. */
export async function checkIsFree(path: string, isForced: boolean): Promise<void> {
  if (!isForced && (await isTaken(path))) throw taken(path);
  await access(dirname(path), constants.W_OK).catch((error: unknown) => {
    throw notWritten(path, error);
  });
}

/**
 * Makes a file that appears under its name when it is complete, or not at all. `make` is given another name to make it
 * under. Refuses to replace a file, unless forced to.
 */
export async function placeFile(
  path: string,
  isForced: boolean,
  make: (unfinished: string) => Promise<void>,
): Promise<void> {
  await checkIsFree(path, isForced);
  const unfinished = `${path}.${randomUUID()}.unfinished`;
  try {
    await make(unfinished);
    // Unlike a rename, a link never replaces what has the name already.
    await (isForced ? rename(unfinished, path) : link(unfinished, path));
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) throw taken(path);
    if (isSystemError(error)) throw notWritten(path, error);
    throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Writes a text to a file as `placeFile` does. */
export async function writeText(path: string, isForced: boolean, text: string): Promise<void> {
  await placeFile(path, isForced, async (unfinished) => {
    const file = await open(unfinished, 'wx');
    try {
      await file.writeFile(text, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** The text of a file that was named by an option. */
export async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw badUsage(`${what} ${path} cannot be read: ${messageOf(error)}`);
  }
}

export async function isTaken(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function isSystemError(error: unknown, code?: string): boolean {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return false;
  return code === undefined || error.code === code;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is a file',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EISDIR: 'it is a folder',
};

/** Without the name that it had while it was made. */
function notWritten(path: string, cause: unknown): Error {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return couldNotRun(`${path} cannot be written: ${reasons[code] ?? code}.`, cause);
}

function taken(path: string): Error {
  return badUsage(`${path} is there already, and stays as it is. Name another file, or replace it with --force.`);
}
