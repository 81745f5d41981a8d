import type { OpenAttempts, ReadOpenAttempts } from '../ports/openAttempts.ts';
import type { OpenStream } from './openAttempts.ts';
import { openAttempts } from './openAttempts.ts';
import { OldestPage } from './oldestPage.ts';
import type { Projections } from './projections.ts';
import { askableOf, wishedDefaults } from './wishedDefaults.ts';

/** The open requests of a trail, kept as a read model: a process that starts reads what is new, not the whole trail. */
export class ProjectedOpenAttempts implements OpenAttempts {
  readonly #projections: Projections;

  constructor(projections: Projections) {
    this.#projections = projections;
  }

  async read(asked: ReadOpenAttempts): Promise<readonly OpenStream[]> {
    const page = new OldestPage(asked);
    for await (const { document } of this.#projections.list(openAttempts, { caughtUp: true })) page.put(document);
    for await (const { document } of this.#projections.list(wishedDefaults, { caughtUp: true })) {
      for (const open of askableOf(document)) page.put(open);
    }
    return page.streams;
  }
}
