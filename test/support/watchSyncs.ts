import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { onTestFinished } from 'vitest';

export type Sync = {
  readonly of: 'file' | 'folder';
  /** of the file, in bytes, when it was synced */
  readonly size: number;
  /** how many names the file had then */
  readonly names: number;
};

/** Each sync that this process has done, from now to the end of the test: real ones, which are watched and no more. */
export async function watchSyncs(): Promise<readonly Sync[]> {
  const syncs: Sync[] = [];
  const any = await open(tmpdir(), 'r');
  await any.close();
  const handles = Object.getPrototypeOf(any) as Pick<FileHandle, 'sync'>;
  const { sync } = handles;
  handles.sync = async function watched(this: FileHandle) {
    const stats = await this.stat();
    await sync.call(this);
    syncs.push({ of: stats.isDirectory() ? 'folder' : 'file', size: stats.size, names: stats.nlink });
  };
  onTestFinished(() => {
    handles.sync = sync;
  });
  return syncs;
}
