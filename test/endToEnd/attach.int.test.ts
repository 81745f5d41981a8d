import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../src/adapters/audit/index.ts';
import { PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import type { Simulator } from '../../src/adapters/simulator/index.ts';
import { startSimulator } from '../../src/adapters/simulator/index.ts';
import { StripeGateway } from '../../src/adapters/stripe/index.ts';
import { randomIds, systemClock } from '../../src/adapters/system/system.ts';
import { PaymentMethods } from '../../src/application/paymentMethods.ts';
import type { TestDatabase } from '../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../support/postgres/testDatabase.ts';

let database: TestDatabase;
let simulator: Simulator;
beforeAll(async () => {
  database = await createTestDatabase();
  simulator = await startSimulator();
});
afterAll(async () => {
  await simulator.close();
  await database.drop();
});

let paymentMethodId: string;
let customer: string;
beforeEach(() => {
  simulator.account.faults.clear();
  paymentMethodId = simulator.account.addPaymentMethod();
  customer = simulator.account.addCustomer();
});

function aProcess(trail: string) {
  const eventStore = new PostgresEventStore({ pool: database.pool(), trail });
  const gateway = new StripeGateway({ apiKey: 'sk_test_x', baseUrl: simulator.url, deadlineMs: 2000 });
  return {
    eventStore,
    paymentMethods: new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds }),
  };
}

const effectsOn = (id: string) => simulator.account.effects.filter((effect) => effect.paymentMethodId === id);

describe('attach, on real Postgres over real HTTP', () => {
  it('attaches, and the trail verifies', async () => {
    const { eventStore, paymentMethods } = aProcess('one');
    expect(await paymentMethods.attach({ paymentMethodId, customer, actor: 'user-7' })).toMatchObject({
      outcome: 'attached',
    });
    expect((await paymentMethods.history(paymentMethodId)).events.map(({ event }) => event.type)).toEqual([
      'AttachmentRequested',
      'PaymentMethodAttached',
    ]);
    expect(await verify(eventStore)).toMatchObject({ intact: true, events: 2 });
  });

  it.each(['loseResponse', 'cutBody', 'loseRequest', 'rateLimit', 'lockTimeout'] as const)(
    'rides out one %s: one effect, attached',
    async (fault) => {
      simulator.account.faults.next({ fault });
      const { paymentMethods } = aProcess(fault);
      expect(await paymentMethods.attach({ paymentMethodId, customer, actor: 'user-7' })).toMatchObject({
        outcome: 'attached',
      });
      expect(effectsOn(paymentMethodId)).toHaveLength(1);
    },
  );

  it('ends unknown when the line stays dead, and reconciles to attached when it comes back', async () => {
    const { paymentMethods } = aProcess('dead');
    simulator.account.faults.next({ fault: 'loseResponse', times: 100 });
    const attempt = { paymentMethodId, customer, attemptId: 'a-1', actor: 'user-7' };
    expect(await paymentMethods.attach(attempt)).toMatchObject({ outcome: 'unknown', cause: 'connectionLost' });
    simulator.account.faults.clear();
    expect(await paymentMethods.reconcile({ paymentMethodId, actor: 'recovery' })).toMatchObject({
      outcome: 'attached',
    });
    expect(effectsOn(paymentMethodId)).toHaveLength(1);
  });

  it('P2: eight processes and two customers at once leave one effect and one outcome', async () => {
    const other = simulator.account.addCustomer();
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        aProcess('raced').paymentMethods.attach({
          paymentMethodId,
          customer: index % 2 === 0 ? customer : other,
          actor: `process-${index}`,
        }),
      ),
    );
    expect(effectsOn(paymentMethodId)).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'rejected')).toHaveLength(4);
    const { events } = await aProcess('raced').paymentMethods.history(paymentMethodId);
    const types = events.map(({ event }) => event.type);
    expect(types.filter((type) => type !== 'AttachmentRefused')).toEqual([
      'AttachmentRequested',
      'PaymentMethodAttached',
    ]);
  });

  it('sends nothing when the database cannot be reached', async () => {
    const { eventStore, paymentMethods } = aProcess('closed');
    await eventStore.close();
    await expect(paymentMethods.attach({ paymentMethodId, customer, actor: 'user-7' })).rejects.toMatchObject({
      code: 'STORE_CLOSED',
    });
    expect(effectsOn(paymentMethodId)).toHaveLength(0);
  });
});
