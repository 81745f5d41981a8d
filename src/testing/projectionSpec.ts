import { deepEqual } from 'node:assert/strict';
import type { TrailRecord } from '../application/events/eventCodec.ts';
import type { TrailEvent } from '../application/events/eventTypes.ts';
import type { Projection } from '../application/readModels/projection.ts';
import { projected } from '../application/readModels/projection.ts';
import { aRecord } from './builders/recording.ts';

/** An event of a test, or one with some of what it was recorded with. */
export type GivenEvent = TrailEvent | (Partial<TrailRecord> & { readonly event: TrailEvent });

/** A test of a projection: given and when these events, then these documents. */
export type ProjectionSpec<Document> = {
  /** What happened before; the documents it makes are not looked at. */
  given(...events: readonly GivenEvent[]): ProjectionSpec<Document>;
  /** What happens now; as `given`, for tests that read better with both. */
  when(...events: readonly GivenEvent[]): ProjectionSpec<Document>;
  /** Throws an assertion error unless the documents are these, by key, and no other. */
  thenDocuments(documents: Readonly<Record<string, Document>>): void;
};

/**
 * Given events, when more happen, then these documents are there: a projection's test without any store. Events stand at
 * positions 1, 2, 3 …, unless they say otherwise; documents go through JSON after each, as they do where they are kept.
 */
export function projectionSpec<Document>(
  projection: Projection<Document>,
  happened: readonly GivenEvent[] = [],
): ProjectionSpec<Document> {
  const more = (...events: readonly GivenEvent[]) => projectionSpec(projection, [...happened, ...events]);
  return {
    given: more,
    when: more,
    thenDocuments(documents) {
      deepEqual(Object.fromEntries(replayed(projection, happened.map(toRecord))), documents);
    },
  };
}

/** The documents that a projection makes of events, by key: a replay from the beginning, in memory. */
export function replayed<Document>(
  projection: Projection<Document>,
  records: readonly TrailRecord[],
): ReadonlyMap<string, Document> {
  const documents = new Map<string, Document>();
  for (const record of records) {
    const key = projection.keyOf(record);
    if (key === undefined || !Object.hasOwn(projection.handlers, record.event.type)) continue;
    const after = projected(projection, documents.get(key), record);
    if (after === undefined) documents.delete(key);
    else documents.set(key, JSON.parse(JSON.stringify(after)) as Document);
  }
  return documents;
}

function toRecord(given: GivenEvent, index: number): TrailRecord {
  const { event, ...part } = 'event' in given ? given : { event: given };
  return aRecord(event, { position: index + 1, version: index + 1, ...part });
}
