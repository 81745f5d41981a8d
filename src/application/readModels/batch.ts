import { PaymentMethodsError } from '../errors.ts';
import type { TrailRecord } from '../events/eventCodec.ts';
import { decodeClosed } from '../events/eventCodec.ts';
import type { RecordedEvent } from '../ports/eventStore.ts';
import type { DocumentChange } from '../ports/readModels.ts';
import type { Projection } from './projection.ts';
import { projected } from './projection.ts';

/** An event that changes a document, and the key of that. */
export type KeyedRecord = { readonly key: string; readonly record: TrailRecord };

/**
 * The events of a batch that a projection handles, each with its key. What it does not handle is not decoded: a type that a
 * newer version of this package writes is none of its business. Throws `EVENT_INVALID`.
 */
export function keyedRecords<Document>(
  projection: Projection<Document>,
  events: readonly RecordedEvent[],
): readonly KeyedRecord[] {
  return events.flatMap((recorded) => {
    if (!Object.hasOwn(projection.handlers, recorded.type)) return [];
    const record = decodeClosed(recorded);
    const key = projection.keyOf(record);
    return key === undefined ? [] : [{ key, record }];
  });
}

/**
 * What a batch makes of the documents, which stand in `documents` as JSON texts before it, and after it as well. A document
 * goes through JSON after every event, so that it does not matter where a batch ends. Throws `PROJECTION_FAILED`.
 */
export function project<Document>(
  projection: Projection<Document>,
  documents: Map<string, string | null>,
  records: readonly KeyedRecord[],
): readonly DocumentChange[] {
  const changed = new Set<string>();
  for (const { key, record } of records) {
    const before = documents.get(key) ?? null;
    const after = projectOne(projection, before, record);
    if (after === before) continue;
    documents.set(key, after);
    changed.add(key);
  }
  return [...changed].map((key) => ({ key, document: documents.get(key) ?? null }));
}

function projectOne<Document>(
  projection: Projection<Document>,
  text: string | null,
  record: TrailRecord,
): string | null {
  try {
    // What it was made from by these very handlers: a change to what they make is a new version.
    const document = text === null ? undefined : (JSON.parse(text) as Document);
    const after = projected(projection, document, record);
    return after === undefined ? null : JSON.stringify(after);
  } catch (error) {
    const { position, eventId, event } = record;
    const { name, version } = projection;
    throw new PaymentMethodsError(
      'PROJECTION_FAILED',
      `Projection ${name} (version ${version}) throws at event ${eventId} (${event.type}, position ${position}). Correct its handler; its documents are as they were before.`,
      { details: { projection: name, version, position, eventId, type: event.type }, cause: error },
    );
  }
}
