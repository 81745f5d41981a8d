import { setImmediate } from 'node:timers/promises';
import type { RecordedEvent } from '../../application/ports/eventStore.ts';
import type { PgRow } from './pool.ts';

/** At most so many rows of events, in order, behind a position; from the very first one, without it. */
export type ReadPage = (limit: number, after?: string) => Promise<readonly PgRow[]>;

/** No page goes on after this many bytes; so it may have one event more than that, however large. */
const pageBytes = 4 * 1024 * 1024;
const maxPageEvents = 1000;
/** Few, since nobody knows yet how large they are, and some read only one. */
const firstPageEvents = 100;

/** What `data` or `metadata` weighs; a short text is not unpacked to learn that. */
const bytesOf = (column: string) => `case when pg_catalog.pg_column_compression(e.${column}) is null
  then pg_catalog.pg_column_size(e.${column}) else pg_catalog.octet_length(e.${column}::text) end`;

/**
 * SQL for a page: of the trail $1, at most $2 events that fit the condition (`and …`, with $3 and so on). The server ends a page by
 * its bytes, because only it knows how large the events are before they come.
 */
export function pageText(columns: string, events: string, condition: string): string {
  return `select ${columns} from (
      select e.*, pg_catalog.sum(${bytesOf('data')} + ${bytesOf('metadata')})
        over (order by e.position rows between unbounded preceding and 1 preceding) as bytes_before
      from ${events} e where e.trail = $1 ${condition} order by e.position limit $2
    ) e where e.bytes_before is null or e.bytes_before < ${pageBytes} order by e.position`;
}

/**
 * The events of a trail, page after page; the next one is fetched while the present one is worked on, so that at most two
 * are held, and no connection in between. Has nothing under way once it has ended, also when it is ended early.
 */
export async function* readPages(readPage: ReadPage, after: number): AsyncGenerator<RecordedEvent, void, undefined> {
  let limit = firstPageEvents;
  // Not from position 1: what somebody put before it must come to light too.
  let page = readPage(limit, after > 0 ? String(after) : undefined);
  try {
    for (let isLast = false; !isLast; ) {
      const rows = await page;
      const characters = rows.reduce((sum, row) => sum + charactersOf(row), 0);
      // One that the server ended by its bytes has no fewer characters than a third of these.
      isLast = rows.length < limit && characters < pageBytes / 4;
      if (!isLast) {
        limit = Math.min(maxPageEvents, Math.ceil((rows.length * pageBytes) / characters));
        page = readPage(limit, rows.at(-1)?.['position'] ?? undefined);
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

/** More than none: an empty text is no JSON. */
function charactersOf(row: PgRow): number {
  return (row['data'] ?? '{}').length + (row['metadata'] ?? '{}').length;
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
