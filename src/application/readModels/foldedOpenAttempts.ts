import type { EventStore } from '../ports/eventStore.ts';
import type { OpenAttempts, ReadOpenAttempts } from '../ports/openAttempts.ts';
import { FoldedProjection } from './foldedProjection.ts';
import type { OpenStream } from './openAttempts.ts';
import { byAge, openAttempts } from './openAttempts.ts';

/** The open requests of a trail, folded in this process's memory, which holds no more than what is open. */
export class FoldedOpenAttempts implements OpenAttempts {
  readonly #folded: FoldedProjection<OpenStream>;

  constructor(store: Pick<EventStore, 'readTrail'>) {
    this.#folded = new FoldedProjection(openAttempts, store);
  }

  async read({ requestedBefore, limit, after }: ReadOpenAttempts): Promise<readonly OpenStream[]> {
    const open = await this.#folded.caughtUp();
    return [...open.values()]
      .filter((one) => one.since < requestedBefore && (after === undefined || byAge(one, after) > 0))
      .sort(byAge)
      .slice(0, limit);
  }
}
