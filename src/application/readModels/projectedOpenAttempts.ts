import type { OpenAttempts, ReadOpenAttempts } from '../ports/openAttempts.ts';
import type { OpenStream } from './openAttempts.ts';
import { byAge, openAttempts } from './openAttempts.ts';
import type { Projections } from './projections.ts';

/** The open requests of a trail, kept as a read model: a process that starts reads what is new, not the whole trail. */
export class ProjectedOpenAttempts implements OpenAttempts {
  readonly #projections: Projections;

  constructor(projections: Projections) {
    this.#projections = projections;
  }

  async read({ requestedBefore, limit, after }: ReadOpenAttempts): Promise<readonly OpenStream[]> {
    const open: OpenStream[] = [];
    for await (const { document } of this.#projections.list(openAttempts, { caughtUp: true })) {
      if (document.since < requestedBefore && (after === undefined || byAge(document, after) > 0)) open.push(document);
    }
    return open.sort(byAge).slice(0, limit);
  }
}
