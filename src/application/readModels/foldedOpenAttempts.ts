import type { EventStore } from '../ports/eventStore.ts';
import type { OpenAttempts, OpenCount, ReadOpenAttempts } from '../ports/openAttempts.ts';
import { FoldedDocuments } from './foldedDocuments.ts';
import { FoldedTrail } from './foldedTrail.ts';
import { OldestPage } from './oldestPage.ts';
import type { OpenStream } from './openAttempts.ts';
import { openAttempts } from './openAttempts.ts';
import { summed } from './openCounts.ts';
import { askableOf, wishedDefaults } from './wishedDefaults.ts';

/** The open requests of a trail, folded in this process's memory, which holds no more than what is open. */
export class FoldedOpenAttempts implements OpenAttempts {
  readonly #open = new FoldedDocuments(openAttempts);
  readonly #wished = new FoldedDocuments(wishedDefaults);
  readonly #trail: FoldedTrail;

  constructor(store: Pick<EventStore, 'readTrail'>) {
    this.#trail = new FoldedTrail(store, this.#open, this.#wished);
  }

  async read(asked: ReadOpenAttempts): Promise<readonly OpenStream[]> {
    await this.#trail.catchUp();
    const page = new OldestPage(asked);
    for (const open of this.#streams()) page.put(open);
    return page.streams;
  }

  async count(): Promise<readonly OpenCount[]> {
    await this.#trail.catchUp();
    const requests = [...this.#streams()].flatMap((open) => open.requests);
    return summed(requests.map(({ sort, since }) => ({ sort, count: 1, oldest: since })));
  }

  *#streams(): Generator<OpenStream> {
    yield* this.#open.documents.values();
    for (const wishes of this.#wished.documents.values()) yield* askableOf(wishes);
  }
}
