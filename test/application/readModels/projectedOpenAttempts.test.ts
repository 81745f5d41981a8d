import { expect, it } from 'vitest';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import { FoldedOpenAttempts } from '../../../src/application/readModels/foldedOpenAttempts.ts';
import { ProjectedOpenAttempts } from '../../../src/application/readModels/projectedOpenAttempts.ts';
import { Projections } from '../../../src/application/readModels/projections.ts';
import { aMonolith, ana } from '../support.ts';

it('the open attempts kept as a read model are those folded in memory, page by page, also in a process that starts', async () => {
  const monolith = aMonolith();
  const { store: eventStore, gateway, paymentMethods } = monolith;
  const readModels = new InMemoryReadModels();
  for (const number of [3, 1, 2]) {
    gateway.losesRequest();
    await paymentMethods.attach({ ...ana, paymentMethodId: `pm_${number}` });
    monolith.passes(60_000);
  }
  await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_4' });
  const folded = new FoldedOpenAttempts(eventStore);
  const started = () => new ProjectedOpenAttempts(new Projections({ eventStore, readModels }));
  const far = { requestedBefore: '9999-01-01T00:00:00.000Z', limit: 2 };
  const first = await started().read(far);
  expect(first.map(({ stream }) => stream)).toEqual(['paymentMethod-pm_3', 'paymentMethod-pm_1']);
  expect(first).toEqual(await folded.read(far));
  await paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'ops' });
  const second = { ...far, after: first.at(0) };
  expect((await started().read(second)).map(({ stream }) => stream)).toEqual(['paymentMethod-pm_2']);
  const early = { ...far, requestedBefore: first[0]?.since ?? '' };
  expect(await started().read(early)).toEqual([]);
});
