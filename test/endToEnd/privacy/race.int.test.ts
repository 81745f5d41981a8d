import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../../src/adapters/audit/index.ts';
import { FakePaymentGateway } from '../../../src/adapters/fake/index.ts';
import { PostgresEventStore, PostgresKeyProvider } from '../../../src/adapters/postgres/index.ts';
import { aesFieldCipher, AesKeyWrapper, EncryptingEventStore } from '../../../src/adapters/privacy/index.ts';
import type { CustomerId } from '../../../src/domain/identifiers.ts';
import type { EventStore } from '../../../src/index.ts';
import { PaymentMethods, randomIds, systemClock, Trail } from '../../../src/index.ts';
import { wrapped } from '../../application/privacy/support.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const wrapper = new AesKeyWrapper({ masterKeys: { m1: randomBytes(32) }, current: 'm1' });
const customers = Array.from({ length: 24 }, (_, index) => `cus_${index}` as CustomerId);
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Two processes on one trail, with one Stripe. Between the keys and the append of an outcome some time goes by. */
function twoProcesses(beforeOutcome: (type: string) => Promise<void> = async () => {}) {
  const trail = randomUUID();
  const gateway = new FakePaymentGateway();
  const make = () => {
    const pool = database.pool({ max: 4 });
    const stored = new PostgresEventStore({ pool, trail });
    const keys = new PostgresKeyProvider({ pool, trail, wrapper });
    const slow: EventStore = wrapped(stored, {
      append: async (appends) => {
        for (const { events } of appends) for (const { type } of events) await beforeOutcome(type);
        return stored.append(appends);
      },
    });
    const encrypts = ['card', 'fingerprint'] as const;
    const eventStore = new EncryptingEventStore({ eventStore: slow, keys, cipher: aesFieldCipher, encrypts });
    const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds, keys });
    return { stored, keys, eventStore, paymentMethods };
  };
  return [make(), make()] as const;
}

type Process = ReturnType<typeof twoProcesses>[number];

/** How the attachments of a trail stand in it, and that nobody reads any of them. */
async function attachmentsIn({ stored, eventStore }: Process) {
  const kinds = { encrypted: 0, redacted: 0 };
  for await (const { type, data } of stored.readTrail()) {
    if (type === 'PaymentMethodAttached') kinds[data.includes('"encrypted"') ? 'encrypted' : 'redacted'] += 1;
  }
  for await (const { event } of new Trail({ eventStore }).read({ types: ['PaymentMethodAttached'] })) {
    expect(event.data.card).toMatchObject({ last4: 'redacted', expMonth: 'redacted', fingerprint: 'redacted' });
  }
  expect(await verify(stored)).toMatchObject({ intact: true });
  return kinds;
}

describe('attaching and forgetting at once, in two processes', () => {
  it('leaves no customer with a key, and no field that anybody reads, whoever was first', async () => {
    const [one, other] = twoProcesses(() => pause(Math.random() * 10));
    const attach = (customer: string, process: Process, nth: number) =>
      process.paymentMethods.attach({ paymentMethodId: `pm_${customer.slice(4)}_${nth}`, customer, actor: 'user-7' });
    const live = async (customer: CustomerId, index: number) => {
      const attaching = [one, other, one].map((process, nth) => attach(customer, process, nth));
      // Half of them at once, half of them once something is recorded.
      await (index % 2 === 0 ? pause(Math.random() * 10) : Promise.race(attaching));
      await Promise.all([one, other].map((each) => each.paymentMethods.forgetCustomer({ customer, actor: 'dpo' })));
      await Promise.all(attaching);
    };
    await Promise.all(customers.map(live));
    const found = await other.keys.read(customers);
    expect([...found.values()]).toEqual(customers.map(() => ({ status: 'destroyed' })));
    const { encrypted, redacted } = await attachmentsIn(one);
    expect(encrypted + redacted).toBe(3 * customers.length);
    // Both happened, or nothing raced.
    expect([encrypted > 0, redacted > 0]).toEqual([true, true]);
    let forgotten = 0;
    for await (const _ of new Trail({ eventStore: one.eventStore }).read({ types: ['CustomerForgotten'] })) {
      forgotten += 1;
    }
    expect(forgotten).toBe(customers.length);
  });

  it('leaves a text that nobody opens where the customer is forgotten between the key and the append', async () => {
    const [customer = 'cus_0'] = customers;
    const [one, other] = twoProcesses(async (type) => {
      if (type === 'PaymentMethodAttached') await other.paymentMethods.forgetCustomer({ customer, actor: 'dpo' });
    });
    await one.paymentMethods.attach({ paymentMethodId: 'pm_1', customer, actor: 'user-7' });
    await one.paymentMethods.attach({ paymentMethodId: 'pm_2', customer, actor: 'user-7' });
    expect(await attachmentsIn(other)).toEqual({ encrypted: 1, redacted: 1 });
    expect(await one.keys.obtain(customer)).toBeNull();
  });
});
