import type { TrailRecord } from '../events/eventCodec.ts';
import { decodeClosed } from '../events/eventCodec.ts';
import type { EventStore, RecordedEvent } from '../ports/eventStore.ts';
import { opensNone } from '../reading/opensNone.ts';

/** What is made of a trail's events. */
export type Folding = {
  readonly handles: (type: string) => boolean;
  readonly fold: (record: TrailRecord) => void;
  /** forgets all that was made */
  readonly clear: () => void;
};

/** Folds a trail in this process's memory: all of it is read once, and then what is new. */
export class FoldedTrail {
  readonly #foldings: readonly Folding[];
  readonly #store: Pick<EventStore, 'readTrail'>;
  #last: { readonly position: number; readonly hash: string } | null = null;
  #catchingUp: Promise<void> = Promise.resolve();

  constructor(store: Pick<EventStore, 'readTrail'>, ...foldings: readonly Folding[]) {
    this.#store = store;
    this.#foldings = foldings;
  }

  /** Folds what the trail has now, or had later. Throws what reading and decoding throw. */
  async catchUp(): Promise<void> {
    // One behind the other, each from where the one before ended: who asks later sees what was appended until then.
    const caughtUp = this.#catchingUp.then(() => this.#readOn());
    this.#catchingUp = caughtUp.catch(() => {});
    await caughtUp;
  }

  /** From the last event that was folded: where it is not what it was, a failover took it, and all is folded anew. */
  async #readOn(): Promise<void> {
    const last = this.#last;
    let isKnown = last === null;
    for await (const recorded of this.#store.readTrail({
      after: last === null ? 0 : last.position - 1,
      opens: opensNone,
    })) {
      if (!isKnown && recorded.hash !== last?.hash) break;
      if (isKnown) this.#fold(recorded);
      isKnown = true;
    }
    if (isKnown) return;
    for (const folding of this.#foldings) folding.clear();
    this.#last = null;
    for await (const recorded of this.#store.readTrail({ opens: opensNone })) this.#fold(recorded);
  }

  #fold(recorded: RecordedEvent): void {
    // What nobody handles is not decoded: a type that a newer version of this package writes is none of its business.
    let record: TrailRecord | undefined;
    for (const folding of this.#foldings) {
      if (folding.handles(recorded.type)) folding.fold((record ??= decodeClosed(recorded)));
    }
    this.#last = { position: recorded.position, hash: recorded.hash };
  }
}
