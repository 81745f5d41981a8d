import type { OpenAttempts, OpenCount, ReadOpenAttempts } from '../ports/openAttempts.ts';
import type { Tally } from '../ports/readModels.ts';
import type { OpenStream, RequestSort } from './openAttempts.ts';
import { openAttempts } from './openAttempts.ts';
import { OldestPage } from './oldestPage.ts';
import { summed } from './openCounts.ts';
import type { Projections } from './projections.ts';
import { askableOf, askableTally, wishedDefaults } from './wishedDefaults.ts';

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

  async count(): Promise<readonly OpenCount[]> {
    const fresh = { caughtUp: true };
    const open = await this.#projections.tally(openAttempts, { list: 'requests', by: 'sort', least: 'since' }, fresh);
    const wished = await this.#projections.tally(wishedDefaults, askableTally, fresh);
    const toCount = (sort: string, { count, least: oldest }: Tally) => ({ sort: sort as RequestSort, count, oldest });
    return summed([
      ...open.map((one) => toCount(one.by, one)),
      ...wished.filter(({ by }) => by === 'true').map((one) => toCount('default', one)),
    ]);
  }
}
