import type { TrailRecord } from '../events/eventCodec.ts';
import type { TrailEvent } from '../events/eventTypes.ts';

/**
 * What the events of a trail make of documents, each under its key. Pure: the same events make the same documents, from
 * the beginning or one by one. A change to what it makes is a new `version`.
 */
export type Projection<Document> = {
  readonly name: string;
  readonly version: number;
  /** the document that an event is about; undefined where it is about none */
  readonly keyOf: (record: TrailRecord) => string | undefined;
  /** the document after the event, from the one before; undefined where there is none */
  readonly handlers: {
    readonly [Type in TrailEvent['type']]?: (
      document: Document | undefined,
      record: TrailRecord<Extract<TrailEvent, { type: Type }>>,
    ) => Document | undefined;
  };
};

/** The document after this event, from the one under its key before. An event without a handler changes nothing. */
export function projected<Document>(
  { handlers }: Projection<Document>,
  document: Document | undefined,
  record: TrailRecord,
): Document | undefined {
  const handler: ((document: Document | undefined, record: never) => Document | undefined) | undefined =
    handlers[record.event.type];
  // A handler stands under the type of the events it takes.
  return handler === undefined ? document : handler(document, record as never);
}
