import { expect, it } from 'vitest';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import type { OpenAttempts } from '../../../src/application/ports/openAttempts.ts';
import { FoldedOpenAttempts } from '../../../src/application/readModels/foldedOpenAttempts.ts';
import { ProjectedOpenAttempts } from '../../../src/application/readModels/projectedOpenAttempts.ts';
import { Projections } from '../../../src/application/readModels/projections.ts';
import { aMonolith, ana, dyingBeforeDefault, gatewayWith, settled } from '../support.ts';

/** Counts are of what is read: as many of each sort, and the oldest of them. */
async function sameCounts(one: OpenAttempts, other: OpenAttempts, expected: readonly object[]): Promise<void> {
  const read = await one.read({ requestedBefore: '9999-01-01T00:00:00.000Z', limit: 1000 });
  const requests = read.flatMap((open) => open.requests);
  const counted = await one.count();
  expect(counted).toMatchObject(expected);
  expect(counted).toHaveLength(expected.length);
  expect(await other.count()).toEqual(counted);
  for (const { sort, count, oldest } of counted) {
    const ages = requests.filter((request) => request.sort === sort).map(({ since }) => since);
    expect({ count, oldest }).toEqual({ count: ages.length, oldest: ages.sort()[0] });
  }
}

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
  await sameCounts(folded, started(), [{ sort: 'attachment', count: 2 }]);
  gateway.losesRequest();
  await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_5', setAsDefault: true });
  const counted = await started().count();
  expect(counted).toMatchObject([{ sort: 'attachment', count: 3 }]);
  expect(counted).toHaveLength(1);
});

it('a default that an attach wished for is among them until it is asked for, both ways', async () => {
  const monolith = aMonolith();
  const { store: eventStore, gateway } = monolith;
  const never = () => new Promise<never>(() => {});
  const dead = monolith.process({ eventStore: dyingBeforeDefault(eventStore) });
  void dead.attach({ ...ana, setAsDefault: true });
  await settled();
  const both: [OpenAttempts, OpenAttempts] = [
    new FoldedOpenAttempts(eventStore),
    new ProjectedOpenAttempts(new Projections({ eventStore, readModels: new InMemoryReadModels() })),
  ];
  const far = { requestedBefore: '9999-01-01T00:00:00.000Z', limit: 2 };
  for (const open of both) {
    expect(await open.read(far)).toMatchObject([{ stream: 'paymentMethod-pm_1', requests: [{ sort: 'default' }] }]);
  }
  await sameCounts(...both, [{ sort: 'default', count: 1 }]);
  monolith.passes(60_000);
  void monolith.process({ gateway: gatewayWith(gateway, { setDefault: never }) }).recover();
  await settled();
  for (const open of both) expect(await open.read(far)).toMatchObject([{ stream: 'customer-cus_Ana' }]);
  await sameCounts(...both, [{ sort: 'default', count: 1 }]);
});
