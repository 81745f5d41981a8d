import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PaymentMethods, randomIds, systemClock, systemTimers } from '../../src/index.ts';
import { FakePaymentGateway } from '../../src/adapters/fake/index.ts';
import { PostgresEventStore, PostgresLeases } from '../../src/adapters/postgres/index.ts';
import { decoded, gatewayWith } from '../application/support.ts';
import { randomFrom } from '../support/random.ts';
import type { TestDatabase } from '../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../support/postgres/testDatabase.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const ana = { paymentMethodId: 'pm_1', customer: 'cus_Ana', actor: 'user-7' };

/** A new trail, Stripe, and processes with a pool of their own each. */
function aSetting(trail: string) {
  const gateway = new FakePaymentGateway();
  const makeProcess = (part: Parameters<typeof gatewayWith>[1] = {}, leases = false) => {
    const pool = database.pool({ max: 2 });
    return new PaymentMethods({
      eventStore: new PostgresEventStore({ pool, trail }),
      gateway: gatewayWith(gateway, part),
      clock: systemClock,
      ids: randomIds,
      timers: systemTimers,
      retryPolicy: { keyLifetimeMs: 60_000, inProgressMs: 1 },
      ...(leases ? { leases: new PostgresLeases({ pool, trail }) } : {}),
    });
  };
  return { gateway, makeProcess, store: new PostgresEventStore({ pool: database.pool({ max: 1 }), trail }) };
}

describe('P2, P3: on Postgres, whoever is at one payment method at once', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('leaves one effect and one outcome (round %i)', async (round) => {
    const { gateway, makeProcess, store } = aSetting(`race-${round}`);
    const random = randomFrom(round);
    const isDone = round % 2 === 0;
    const dead = makeProcess({
      attach: async (request) => {
        if (isDone) await gateway.attach(request);
        return new Promise<never>(() => {});
      },
    });
    void dead.attach({ ...ana, attemptId: 'checkout-1' });
    await until('it is asked for', async () => (await store.readHead()).position === 1);
    await sleep(5);
    const ready = makeProcess();
    const actors: (() => Promise<unknown>)[] = [
      () => makeProcess().attach({ ...ana, attemptId: 'checkout-1' }),
      () => makeProcess().attach({ ...ana, attemptId: 'checkout-2' }),
      () => ready.attach(ana),
      () => ready.attach(ana),
      () => makeProcess().recover(),
      () => makeProcess({}, true).recover(),
      () => makeProcess({}, true).recover(),
      () => makeProcess().sweep({ customer: 'cus_Ana' }),
      async () => {
        const page = await gateway.listEvents({ createdFrom: 0 });
        const { notification } = (page.look === 'found' ? page.events[0] : undefined) ?? { notification: null };
        if (notification !== null) await ready.ingest(notification);
      },
    ];
    const answers = await Promise.all(
      actors.map(async (act) => {
        await sleep(random() * 15);
        return act();
      }),
    );
    for (const answer of answers) {
      expect(answer).not.toMatchObject({ outcome: 'rejected' });
      if (typeof answer === 'object' && answer !== null && 'errors' in answer) expect(answer.errors).toEqual([]);
    }
    expect(await ready.attach({ ...ana, attemptId: 'checkout-1' })).toMatchObject({ outcome: 'attached' });
    expect(await ready.attach({ ...ana, attemptId: 'checkout-2' })).toMatchObject({ outcome: 'attached' });
    expect(await ready.recover()).toMatchObject({ looked: 0, errors: [] });
    expect(gateway.account.effects.map(({ effect }) => effect)).toEqual(['attached']);
    const types = (await decoded(store)).map(({ event }) => event.type);
    expect(types.filter((type) => type === 'PaymentMethodAttached')).toHaveLength(1);
    expect(types.filter((type) => type === 'AttachmentRequested')).toHaveLength(1);
  });
});
