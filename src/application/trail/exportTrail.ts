import * as z from 'zod';
import type { EventStore, RecordedEvent } from '../ports/eventStore.ts';
import { opensNone } from '../reading/opensNone.ts';

/** Which positions of the trail to export; all if absent. */
export type ExportOptions = {
  /** start behind this position; from the beginning if absent */
  readonly after?: number | undefined;
  /** end with this position; with the trail's last event if absent */
  readonly upTo?: number | undefined;
};

/** Some line readers take these two for the end of a line; JSON has another spelling for them. */
const lineSeparators = /[\u2028\u2029]/g;

/**
 * The trail as JSON lines, one event each, without line feeds: all fields of `RecordedEvent`, with `data` and `metadata` as
 * texts, so that they stay as they are to the byte. Runs in constant memory. Throws what `readTrail` throws.
 */
export async function* exportTrail(
  store: Pick<EventStore, 'readTrail'>,
  { after, upTo = Infinity }: ExportOptions = {},
): AsyncGenerator<string, void, undefined> {
  if (upTo <= (after ?? 0)) return;
  for await (const event of store.readTrail({ after, opens: opensNone })) {
    yield toLine(event);
    if (event.position >= upTo) return;
  }
}

/** In one order of fields, whatever the store's. */
export function toLine(event: RecordedEvent): string {
  const { trail, position, stream, version, eventId, type, data, metadata, recordedAt, hash } = event;
  return JSON.stringify({ trail, position, stream, version, eventId, type, data, metadata, recordedAt, hash }).replace(
    lineSeparators,
    (separator) => (separator === '\u2028' ? '\\u2028' : '\\u2029'),
  );
}

const lineSchema = z.strictObject({
  trail: z.string(),
  position: z.int(),
  stream: z.string(),
  version: z.int(),
  eventId: z.string(),
  type: z.string(),
  data: z.string(),
  metadata: z.string(),
  recordedAt: z.string(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * The event in a line of an export; undefined if there is none. What it says is not checked, but how: only the spelling
 * that `toLine` has, so that nobody reads something else in the line, such as the first of two fields of one name.
 */
export function parseLine(line: string): RecordedEvent | undefined {
  try {
    const event = lineSchema.safeParse(JSON.parse(line)).data;
    return event !== undefined && toLine(event) === line ? event : undefined;
  } catch {
    return undefined;
  }
}
