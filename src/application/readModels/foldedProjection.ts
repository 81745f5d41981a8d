import { decodeClosed } from '../events/eventCodec.ts';
import type { EventStore, RecordedEvent } from '../ports/eventStore.ts';
import type { Projection } from './projection.ts';
import { projected } from './projection.ts';

type Folded = { readonly position: number; readonly hash: string };

/** A projection's documents, folded in this process's memory: all of the trail is read once, and then what is new. */
export class FoldedProjection<Document> {
  readonly #projection: Projection<Document>;
  readonly #store: Pick<EventStore, 'readTrail'>;
  readonly #documents = new Map<string, Document>();
  #last: Folded | null = null;
  #catchingUp: Promise<void> = Promise.resolve();

  constructor(projection: Projection<Document>, store: Pick<EventStore, 'readTrail'>) {
    this.#projection = projection;
    this.#store = store;
  }

  /** The documents as the trail has them now, or had them later. Throws what reading and decoding throw. */
  async caughtUp(): Promise<ReadonlyMap<string, Document>> {
    // One behind the other, each from where the one before ended: who asks later sees what was appended until then.
    const caughtUp = this.#catchingUp.then(() => this.#catchUp());
    this.#catchingUp = caughtUp.catch(() => {});
    await caughtUp;
    return this.#documents;
  }

  /** From the last event that was folded: where it is not what it was, a failover took it, and all is folded anew. */
  async #catchUp(): Promise<void> {
    const last = this.#last;
    let isKnown = last === null;
    for await (const recorded of this.#store.readTrail({ after: last === null ? 0 : last.position - 1 })) {
      if (!isKnown && recorded.hash !== last?.hash) break;
      if (isKnown) this.#fold(recorded);
      isKnown = true;
    }
    if (isKnown) return;
    this.#documents.clear();
    this.#last = null;
    for await (const recorded of this.#store.readTrail()) this.#fold(recorded);
  }

  #fold(recorded: RecordedEvent): void {
    // What it does not handle is not decoded: a type that a newer version of this package writes is none of its business.
    if (Object.hasOwn(this.#projection.handlers, recorded.type)) {
      const record = decodeClosed(recorded);
      const key = this.#projection.keyOf(record);
      if (key !== undefined) this.#put(key, projected(this.#projection, this.#documents.get(key), record));
    }
    this.#last = { position: recorded.position, hash: recorded.hash };
  }

  #put(key: string, document: Document | undefined): void {
    if (document === undefined) this.#documents.delete(key);
    else this.#documents.set(key, document);
  }
}
