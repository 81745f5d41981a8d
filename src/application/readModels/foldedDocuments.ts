import type { TrailRecord } from '../events/eventCodec.ts';
import type { Projection } from './projection.ts';
import { projected } from './projection.ts';

/** A projection's documents in this process's memory. */
export class FoldedDocuments<Document> {
  readonly documents = new Map<string, Document>();
  readonly #projection: Projection<Document>;

  constructor(projection: Projection<Document>) {
    this.#projection = projection;
  }

  handles(type: string): boolean {
    return Object.hasOwn(this.#projection.handlers, type);
  }

  fold(record: TrailRecord): void {
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
