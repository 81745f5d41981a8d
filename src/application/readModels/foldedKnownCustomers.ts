import type { EventStore } from '../ports/eventStore.ts';
import type { KnownCustomers } from '../ports/knownCustomers.ts';
import { FoldedDocuments } from './foldedDocuments.ts';
import { FoldedTrail } from './foldedTrail.ts';
import type { KnownCustomer } from './knownCustomers.ts';
import { knownCustomers } from './knownCustomers.ts';

/** The customers of a trail, folded in this process's memory. */
export class FoldedKnownCustomers implements KnownCustomers {
  readonly #known = new FoldedDocuments(knownCustomers);
  readonly #trail: FoldedTrail;

  constructor(store: Pick<EventStore, 'readTrail'>) {
    this.#trail = new FoldedTrail(store, this.#known);
  }

  async list({ after, limit }: { readonly after: string | null; readonly limit: number }): Promise<KnownCustomer[]> {
    await this.#trail.catchUp();
    const known = this.#known.documents;
    const ids = [...known.keys()].filter((id) => after === null || id > after).sort(byBytes);
    return ids.slice(0, limit).flatMap((id) => known.get(id) ?? []);
  }

  async find(customerId: string): Promise<KnownCustomer | undefined> {
    await this.#trail.catchUp();
    return this.#known.documents.get(customerId);
  }
}

/** Ids are ASCII. */
function byBytes(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
