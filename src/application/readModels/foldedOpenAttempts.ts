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
    const page: OpenStream[] = [];
    for (const open of (await this.#folded.caughtUp()).values()) {
      if (open.since >= requestedBefore || (after !== undefined && byAge(open, after) <= 0)) continue;
      // Most are younger than a whole page of older ones: after an outage there may be many, and all of them are not sorted.
      const last = page.at(-1);
      if (page.length === limit && last !== undefined && byAge(open, last) > 0) continue;
      const place = page.findLastIndex((older) => byAge(older, open) < 0) + 1;
      page.splice(place, 0, open);
      page.length = Math.min(page.length, limit);
    }
    return page;
  }
}
