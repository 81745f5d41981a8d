import type { EventStore } from '../ports/eventStore.ts';
import type { KnownCustomers } from '../ports/knownCustomers.ts';
import { FoldedProjection } from './foldedProjection.ts';
import type { KnownCustomer } from './knownCustomers.ts';
import { knownCustomers } from './knownCustomers.ts';

/** The customers of a trail, folded in this process's memory. */
export class FoldedKnownCustomers implements KnownCustomers {
  readonly #folded: FoldedProjection<KnownCustomer>;

  constructor(store: Pick<EventStore, 'readTrail'>) {
    this.#folded = new FoldedProjection(knownCustomers, store);
  }

  async list({ after, limit }: { readonly after: string | null; readonly limit: number }): Promise<KnownCustomer[]> {
    const known = await this.#folded.caughtUp();
    const ids = [...known.keys()].filter((id) => after === null || id > after).sort(byBytes);
    return ids.slice(0, limit).flatMap((id) => known.get(id) ?? []);
  }

  async find(customerId: string): Promise<KnownCustomer | undefined> {
    return (await this.#folded.caughtUp()).get(customerId);
  }
}

/** Ids are ASCII. */
function byBytes(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
