import { expect, it } from 'vitest';
import { PaymentMethods, randomIds, systemClock, systemTimers } from '../../src/index.ts';
import { PostgresCursors, PostgresEventStore, PostgresLeases } from '../../src/adapters/postgres/index.ts';
import { startSimulator } from '../../src/adapters/simulator/index.ts';
import { StripeGateway } from '../../src/adapters/stripe/index.ts';
import { createTestDatabase } from '../support/postgres/testDatabase.ts';

it('P5: a sweep brings what others did at Stripe into a trail in Postgres, and the next one finds nothing', async () => {
  const database = await createTestDatabase();
  const simulator = await startSimulator();
  const { account } = simulator;
  account.addCustomer('cus_Ana');
  for (const id of ['pm_1', 'pm_2']) account.addPaymentMethod({ id });
  const pool = database.pool();
  const gateway = new StripeGateway({ apiKey: 'sk_test_x', baseUrl: simulator.url });
  const ports = { eventStore: new PostgresEventStore({ pool }), gateway, clock: systemClock, ids: randomIds };
  const leases = new PostgresLeases({ pool });
  const reports: object[] = [];
  const log = (report: object) => reports.push(report);
  try {
    // #region sweep
    const cursors = new PostgresCursors({ pool });
    const paymentMethods = new PaymentMethods({ ...ports, leases, cursors, timers: systemTimers });
    log(await paymentMethods.sweep({ customer: 'cus_Ana' })); // one customer
    log(await paymentMethods.sweep()); // the account: what is new since the last one
    // #endregion sweep
    const customer = { kind: 'customer', id: 'cus_Ana' } as never;
    const theirs = { paymentMethodId: 'pm_1' as never, idempotencyKey: 'theirs', apiVersion: gateway.apiVersion };
    await gateway.attach({ ...theirs, customer });
    await paymentMethods.attach({ paymentMethodId: 'pm_2', customer: 'cus_Ana', actor: 'user-7' });
    log(await paymentMethods.sweep());
    log(await paymentMethods.sweep());
    expect(reports).toMatchObject([
      { customers: 1, findings: [] },
      { eventsMissed: true, findings: [] },
      { eventsMissed: false, findings: [{ finding: 'attachmentMissed', paymentMethodId: 'pm_1' }] },
      { findings: [], errors: [], stopped: null },
    ]);
    expect((await paymentMethods.history('pm_1')).state).toMatchObject({ status: 'attached', customer });
  } finally {
    await Promise.all([gateway.close(), simulator.close()]);
    await database.drop();
  }
});
