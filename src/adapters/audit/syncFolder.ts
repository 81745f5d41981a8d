import { open } from 'node:fs/promises';

/** Makes the names in a folder durable, as syncing a file makes its bytes. Does nothing where folders cannot be synced. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
