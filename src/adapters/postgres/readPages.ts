import { setImmediate } from 'node:timers/promises';
import type { RecordedEvent } from '../../application/ports/eventStore.ts';
import type { PgRow } from './pool.ts';

/** Rows of events behind a position (from the very first one, without it), at most `pageSize` of them, in order. */
export type ReadPage = (after: string | undefined) => Promise<readonly PgRow[]>;

/**
 * The events of a trail, page after page; the next one is fetched while the present one is worked on, so that at most two
 * are held, and no connection in between. Has nothing under way once it has ended, also when it is ended early.
 */
export async function* readPages(
  readPage: ReadPage,
  pageSize: number,
  after: number,
): AsyncGenerator<RecordedEvent, void, undefined> {
  // Not from position 1: what somebody put before it must come to light too.
  let page = readPage(after > 0 ? String(after) : undefined);
  try {
    for (let isLast = false; !isLast; ) {
      const rows = await page;
      isLast = rows.length < pageSize;
      if (!isLast) {
        page = readPage(rows.at(-1)?.['position'] ?? undefined);
        // Whoever awaits it is told; until then nobody may be listening.
        page.catch(() => {});
        // Lets the query go out: a consumer that never waits for anything else gives nobody a turn until the page is done.
        await setImmediate();
      }
      for (const row of rows) yield toRecordedEvent(row);
    }
  } finally {
    await page.catch(() => {});
  }
}

export function toRecordedEvent(row: PgRow): RecordedEvent {
  return {
    trail: row['trail'] ?? '',
    position: Number(row['position']),
    stream: row['stream'] ?? '',
    version: Number(row['version']),
    eventId: row['event_id'] ?? '',
    type: row['type'] ?? '',
    data: row['data'] ?? '',
    metadata: row['metadata'] ?? '',
    recordedAt: row['recorded_at'] ?? '',
    hash: row['hash'] ?? '',
  };
}
