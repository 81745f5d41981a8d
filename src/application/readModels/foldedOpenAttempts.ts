import { decodeEvent } from '../events/eventCodec.ts';
import type { EventStore, RecordedEvent } from '../ports/eventStore.ts';
import type { OpenAttempts, ReadOpenAttempts } from '../ports/openAttempts.ts';
import type { OpenStream } from './openAttempts.ts';
import { byAge, openAttempts } from './openAttempts.ts';
import { projected } from './projection.ts';

type Folded = { readonly position: number; readonly hash: string };

/**
 * The open requests of a trail, folded in this process's memory: all of it is read once, and then what is new. It keeps
 * no more than what is open.
 */
export class FoldedOpenAttempts implements OpenAttempts {
  readonly #store: Pick<EventStore, 'readTrail'>;
  readonly #open = new Map<string, OpenStream>();
  #last: Folded | null = null;
  #catchingUp: Promise<void> = Promise.resolve();

  constructor(store: Pick<EventStore, 'readTrail'>) {
    this.#store = store;
  }

  async read({ requestedBefore, limit, after }: ReadOpenAttempts): Promise<readonly OpenStream[]> {
    // One behind the other, each from where the one before ended: who asks later sees what was appended until then.
    const caughtUp = this.#catchingUp.then(() => this.#catchUp());
    this.#catchingUp = caughtUp.catch(() => {});
    await caughtUp;
    return [...this.#open.values()]
      .filter((open) => open.since < requestedBefore && (after === undefined || byAge(open, after) > 0))
      .sort(byAge)
      .slice(0, limit);
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
    this.#open.clear();
    this.#last = null;
    for await (const recorded of this.#store.readTrail()) this.#fold(recorded);
  }

  #fold(recorded: RecordedEvent): void {
    // What it does not handle is not decoded: a type that a newer version of this package writes is none of its business.
    if (recorded.type in openAttempts.handlers) {
      const record = decodeEvent(recorded);
      const key = openAttempts.keyOf(record) ?? recorded.stream;
      const document = projected(openAttempts, this.#open.get(key), record);
      if (document === undefined) this.#open.delete(key);
      else this.#open.set(key, document);
    }
    this.#last = { position: recorded.position, hash: recorded.hash };
  }
}
