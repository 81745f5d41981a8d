import type { KnownCustomers } from '../ports/knownCustomers.ts';
import type { KnownCustomer } from './knownCustomers.ts';
import { knownCustomers } from './knownCustomers.ts';
import type { Projections } from './projections.ts';

/** The customers of a trail, kept as a read model: a process that starts reads what is new, not the whole trail. */
export class ProjectedKnownCustomers implements KnownCustomers {
  readonly #projections: Projections;

  constructor(projections: Projections) {
    this.#projections = projections;
  }

  async list({ after, limit }: { readonly after: string | null; readonly limit: number }): Promise<KnownCustomer[]> {
    const known: KnownCustomer[] = [];
    if (limit <= 0) return known;
    const options = { caughtUp: true, after: after ?? undefined };
    for await (const { document } of this.#projections.list(knownCustomers, options)) {
      known.push(document);
      if (known.length === limit) break;
    }
    return known;
  }

  find(customerId: string): Promise<KnownCustomer | undefined> {
    return this.#projections.read(knownCustomers, customerId, { caughtUp: true });
  }
}
