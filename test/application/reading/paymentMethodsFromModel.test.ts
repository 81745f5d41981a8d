import { describe, expect, it } from 'vitest';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import type { ReadTrailOptions } from '../../../src/application/ports/eventStore.ts';
import { paymentMethodsFromModel } from '../../../src/application/reading/customerAsOf.ts';
import { Trail } from '../../../src/application/reading/trail.ts';
import type { TrailSource } from '../../../src/application/reading/trailSource.ts';
import { paymentMethodsByCustomer } from '../../../src/application/readModels/paymentMethodsByCustomer.ts';
import { Projections } from '../../../src/application/readModels/projections.ts';
import type { CustomerId } from '../../../src/domain/identifiers.ts';
import { ana } from '../support.ts';
import { aTrail } from './support.ts';

const head = 13;
const [anaId, benId, nobody] = ['cus_Ana' as CustomerId, 'cus_Ben' as CustomerId, 'cus_Nobody' as CustomerId];

/** A trail, and a read model that is caught up to a position of it. */
async function aTrailAndModel(upTo: number) {
  const { store, paymentMethods } = await aTrail();
  await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_3' }); // 12, 13
  const readModels = new InMemoryReadModels();
  const eventStore = {
    readTrail: (options?: ReadTrailOptions) => store.readTrail({ ...options, upTo }),
    readHead: async () => ({ ...(await store.readHead()), position: upTo }),
  };
  await new Projections({ eventStore, readModels }).catchUp(paymentMethodsByCustomer);
  return { store, readModels };
}

describe('a customer, from a read model that may be behind or ahead', () => {
  it.each([2, 5, 7, 9, 11, head])('at %i, is what the whole trail makes of it, at every position', async (upTo) => {
    const { store, readModels } = await aTrailAndModel(upTo);
    let found = 0;
    for (const customerId of [anaId, benId]) {
      for (let position = 0; position <= head; position += 1) {
        const made = await paymentMethodsFromModel(store, readModels, customerId, position);
        if (made === undefined) continue;
        found += 1;
        const scanned = await new Trail({ eventStore: store }).customer(customerId, { asOf: { position } });
        expect({ ...scanned, ...made }, `${customerId} at ${position}`).toEqual(scanned);
      }
    }
    expect(found).toBeGreaterThan(10);
  });

  it('reads of the trail no more than the model lacks', async () => {
    const { store, readModels } = await aTrailAndModel(11);
    const asked: (ReadTrailOptions | undefined)[] = [];
    const source: TrailSource = {
      readTrail: (options) => {
        asked.push(options);
        return store.readTrail(options);
      },
      readStream: (stream, options) => store.readStream(stream, options),
      readHead: () => store.readHead(),
    };
    for (const position of [13, 4]) await paymentMethodsFromModel(source, readModels, anaId, position);
    expect(asked).toMatchObject([{ after: 11, upTo: 13 }]);
  });

  it('is left to the trail where the model was never built, or says nothing of the customer', async () => {
    const { store, readModels } = await aTrailAndModel(head);
    expect(await paymentMethodsFromModel(store, new InMemoryReadModels(), anaId, head)).toBeUndefined();
    expect(await paymentMethodsFromModel(store, readModels, nobody, head)).toBeUndefined();
  });
});
