import { describe, it } from 'vitest';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { eventStoreContract } from '../../../src/testing/eventStoreContract.ts';

describe('InMemoryEventStore keeps the event store contract', () => {
  const named = new Map<string, InMemoryEventStore>();
  const makeStore = async (trail?: string) => {
    if (trail === undefined) return new InMemoryEventStore();
    const store = named.get(trail) ?? new InMemoryEventStore({ trail });
    named.set(trail, store);
    return store;
  };
  for (const { name, run } of eventStoreContract(makeStore)) it(name, run);
});
