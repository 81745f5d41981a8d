import { decodeClosed } from '../events/eventCodec.ts';
import type { RecordedEvent } from '../ports/eventStore.ts';
import type { Projection } from './projection.ts';
import { projected } from './projection.ts';

/** A projection's documents in this process's memory. */
export class FoldedDocuments<Document> {
  readonly documents = new Map<string, Document>();
  readonly #projection: Projection<Document>;

  constructor(projection: Projection<Document>) {
    this.#projection = projection;
  }

  /** What it does not handle is not decoded: a type that a newer version of this package writes is none of its business. */
  fold(recorded: RecordedEvent): void {
    if (!Object.hasOwn(this.#projection.handlers, recorded.type)) return;
    const record = decodeClosed(recorded);
    const key = this.#projection.keyOf(record);
    if (key === undefined) return;
    const document = projected(this.#projection, this.documents.get(key), record);
    if (document === undefined) this.documents.delete(key);
    else this.documents.set(key, document);
  }

  clear(): void {
    this.documents.clear();
  }
}
