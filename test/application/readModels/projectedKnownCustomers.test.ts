import { expect, it } from 'vitest';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import { FoldedKnownCustomers } from '../../../src/application/readModels/foldedKnownCustomers.ts';
import { ProjectedKnownCustomers } from '../../../src/application/readModels/projectedKnownCustomers.ts';
import { Projections } from '../../../src/application/readModels/projections.ts';
import { aMonolith, ana } from '../support.ts';

it('the known customers kept as a read model are those folded in memory, page by page', async () => {
  const { store: eventStore, paymentMethods } = aMonolith();
  for (const name of ['Cleo', 'Ana', 'Ben']) {
    await paymentMethods.attach({ ...ana, paymentMethodId: `pm_${name}`, customer: `cus_${name}` });
  }
  const folded = new FoldedKnownCustomers(eventStore);
  const projections = new Projections({ eventStore, readModels: new InMemoryReadModels() });
  const known = new ProjectedKnownCustomers(projections);
  const first = { after: null, limit: 2 };
  expect((await known.list(first)).map(({ customer }) => customer.id)).toEqual(['cus_Ana', 'cus_Ben']);
  expect(await known.list(first)).toEqual(await folded.list(first));
  await paymentMethods.detach({ paymentMethodId: 'pm_Cleo', actor: 'user-7' });
  const rest = { after: 'cus_Ben', limit: 2 };
  expect(await known.list(rest)).toEqual([{ customer: { kind: 'customer', id: 'cus_Cleo' }, paymentMethodIds: [] }]);
  expect(await known.list({ after: null, limit: 0 })).toEqual([]);
  expect(await known.find('cus_Ana')).toEqual(await folded.find('cus_Ana'));
  expect(await known.find('cus_Nobody')).toBeUndefined();
  await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_Dora', customer: 'cus_Dora' });
  expect(await known.find('cus_Dora')).toMatchObject({ paymentMethodIds: ['pm_Dora'] });
});
