import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PaymentMethodsError } from '../../application/errors.ts';

export type ServerUser = { readonly uid: number; readonly gid: number };

/**
 * Whom the server has to run as: Postgres refuses root, so root starts it as `postgres`, else as `nobody`. Undefined
 * means as the present user.
 */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = lookUpUser('postgres') ?? lookUpUser('nobody');
  if (user !== undefined) return user;
  throw new PaymentMethodsError(
    'STORE_UNAVAILABLE',
    'Postgres refuses to run as root, and there is no user postgres or nobody to run it as: start as another user.',
  );
}

function lookUpUser(name: string): ServerUser | undefined {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/** Makes the folder the server user's own. Throws `STORE_UNAVAILABLE` if that user cannot get into a folder above it. */
export function giveFolder(folder: string, user: ServerUser | undefined): void {
  chmodSync(folder, 0o700);
  if (user === undefined) return;
  chownSync(folder, user.uid, user.gid);
  const closed = closedFolder(dirname(folder));
  if (closed === undefined) return;
  throw new PaymentMethodsError(
    'STORE_UNAVAILABLE',
    `Root runs Postgres as uid ${user.uid}, who cannot get into ${closed}: choose a data folder elsewhere ` +
      `(not ${folder}), allow it (chmod o+x ${closed}), or start as another user.`,
    { details: { folder, closed, uid: user.uid } },
  );
}

/** Binaries that the server user can reach: the given ones, or a copy (60 MB) inside `folder`, made once. */
export function reachableBinaries(binaries: string, folder: string, user: ServerUser | undefined): string {
  if (user === undefined || closedFolder(binaries) === undefined) return binaries;
  const copy = join(folder, 'binaries');
  if (!existsSync(copy)) cpSync(dirname(binaries), copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, 'bin');
}

/** The first folder, upwards from this one, that other users may not enter. */
function closedFolder(folder: string): string | undefined {
  if ((statSync(folder).mode & 0o001) === 0) return folder;
  return dirname(folder) === folder ? undefined : closedFolder(dirname(folder));
}
