// #region contract
import type { MakeStore } from 'attach-payment-method/testing';
import { eventStoreContract, InMemoryEventStore } from 'attach-payment-method/testing';
import { describe, it } from 'vitest';

const trails = new Map<string, InMemoryEventStore>();

/** Where InMemoryEventStore stands, an adapter of your own: an empty trail, or, by its name, one that others write too. */
const makeStore: MakeStore = async (trail) => {
  const store = trails.get(trail ?? '') ?? new InMemoryEventStore();
  if (trail !== undefined) trails.set(trail, store);
  return store;
};

describe('our event store', () => {
  it.each(eventStoreContract(makeStore))('$name', ({ run }) => run());
});
// #endregion contract
