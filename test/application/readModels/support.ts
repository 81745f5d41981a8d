import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import type { ReadModels } from '../../../src/application/ports/readModels.ts';
import type { Projection } from '../../../src/application/readModels/projection.ts';
import { Projections } from '../../../src/application/readModels/projections.ts';
import { aTrail } from '../reading/support.ts';

/** How many events of two types each stream has. */
export const counts: Projection<{ n: number }> = {
  name: 'counts',
  version: 1,
  keyOf: ({ stream }) => stream,
  handlers: {
    AttachmentRequested: (before) => ({ n: (before?.n ?? 0) + 1 }),
    PaymentMethodAttached: (before) => ({ n: (before?.n ?? 0) + 1 }),
  },
};

/** The same, of the next release. */
export const doubled: typeof counts = {
  ...counts,
  version: 2,
  handlers: { AttachmentRequested: (before) => ({ n: (before?.n ?? 0) + 2 }) },
};

/** The eleven events of `aTrail`, and read models of them in memory, which other processes have as well. */
export async function aReadTrail(batchEvents?: number) {
  const monolith = await aTrail();
  const readModels = new InMemoryReadModels();
  const process = (parts: Partial<ReadModels> = {}, events = batchEvents) =>
    new Projections({
      eventStore: monolith.store,
      readModels: readModelsWith(readModels, parts),
      batchEvents: events,
    });
  return { ...monolith, readModels, process, projections: process() };
}

function readModelsWith(readModels: ReadModels, parts: Partial<ReadModels>): ReadModels {
  return {
    generations: (name) => readModels.generations(name),
    begin: (projection) => readModels.begin(projection),
    load: (...args) => readModels.load(...args),
    apply: (...args) => readModels.apply(...args),
    activate: (...args) => readModels.activate(...args),
    read: (...args) => readModels.read(...args),
    list: (...args) => readModels.list(...args),
    tally: (...args) => readModels.tally(...args),
    ...parts,
  };
}
