import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RecoveryReport } from '../../src/index.ts';
import { PaymentMethods, RecoveryWorker, randomIds, systemChance, systemClock, systemTimers } from '../../src/index.ts';
import { FakePaymentGateway } from '../../src/adapters/fake/index.ts';
import { PostgresEventStore, PostgresLeases } from '../../src/adapters/postgres/index.ts';
import { gatewayWith } from '../application/support.ts';
import type { TestDatabase } from '../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../support/postgres/testDatabase.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('P5: two workers over one trail in Postgres finish, once each, all that a process left open when it died', async () => {
  const pool = database.pool();
  const gateway = new FakePaymentGateway();
  const eventStore = new PostgresEventStore({ pool });
  const ports = {
    eventStore,
    clock: systemClock,
    ids: randomIds,
    retryPolicy: { keyLifetimeMs: 60_000, inProgressMs: 1 },
  };
  const attach = () => new Promise<never>(() => {});
  const dead = new PaymentMethods({ ...ports, gateway: gatewayWith(gateway, { attach }) });
  const ids = Array.from({ length: 40 }, (_, index) => `pm_${index + 1}`);
  for (const paymentMethodId of ids) void dead.attach({ paymentMethodId, customer: 'cus_Ana', actor: 'user-7' });
  await until('all are asked for', async () => (await eventStore.readHead()).position === ids.length);

  const reports: RecoveryReport[] = [];
  const metrics = { count: (report: RecoveryReport) => reports.push(report) };
  const workers = [1, 2].map(() => {
    const intervalMs = 5;
    // #region worker
    const leases = new PostgresLeases({ pool });
    const paymentMethods = new PaymentMethods({ ...ports, gateway, leases });
    const worker = new RecoveryWorker({
      paymentMethods,
      timers: systemTimers,
      chance: systemChance,
      intervalMs,
      onPass: (report) => metrics.count(report),
      onError: (error) => console.error(error),
    });
    worker.start(); // and, before the process ends: await worker.stop()
    // #endregion worker
    return worker;
  });
  const settled = () => reports.flatMap((report) => report.settled.map(({ paymentMethodId }) => paymentMethodId));
  await until('all are settled', () => new Set(settled()).size === ids.length);
  await Promise.all(workers.map((worker) => worker.stop()));
  expect(gateway.account.effects.map(({ effect }) => effect)).toEqual(ids.map(() => 'attached'));
  expect((await eventStore.readHead()).position).toBe(2 * ids.length);
  expect(reports.flatMap(({ errors }) => errors)).toEqual([]);
});
