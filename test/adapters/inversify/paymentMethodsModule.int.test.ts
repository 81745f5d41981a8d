import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container } from 'inversify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakePaymentGateway } from '../../../src/adapters/fake/index.ts';
import { paymentMethodsModule, tokens } from '../../../src/adapters/inversify/index.ts';
import type { RecoveryReport } from '../../../src/application/recovery/recoveryReport.ts';
import { PostgresCursors, PostgresLeases } from '../../../src/adapters/postgres/index.ts';
import { until } from '../../support/until.ts';
import { paymentMethodsByCustomer } from '../../../src/application/readModels/paymentMethodsByCustomer.ts';
import type { PgConnection } from '../../../src/adapters/postgres/index.ts';
import type { Observer } from '../../../src/application/ports/observer.ts';
import { AesKeyWrapper } from '../../../src/adapters/privacy/aesKeyWrapper.ts';
import { startSimulator } from '../../../src/adapters/simulator/index.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const ana = { paymentMethodId: 'pm_1', customer: 'cus_Ana', actor: 'user-7' };

describe('the container module', () => {
  it('wires the use cases over Stripe and Postgres, and closes what it made', async () => {
    const simulator = await startSimulator();
    for (const id of ['pm_1', 'pm_2']) simulator.account.addPaymentMethod({ id });
    simulator.account.addCustomer('cus_Ana');
    const pool = database.pool();
    const container = new Container();
    const stripe = { apiKey: 'sk_test_x', baseUrl: simulator.url };
    container.load(paymentMethodsModule({ pool, trail: 'wired', stripe }));
    const paymentMethods = container.get(tokens.paymentMethods);
    expect(container.get(tokens.paymentMethods)).toBe(paymentMethods);
    expect(await paymentMethods.attach(ana)).toMatchObject({ outcome: 'attached' });
    const store = container.get(tokens.eventStore);
    const late = paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2' });
    await container.unbindAllAsync();
    expect(await late, 'what was under way is finished first').toMatchObject({ outcome: 'attached' });
    const event = { eventId: randomUUID(), type: 'SomethingHappened', data: '{}', metadata: '{}' };
    await expect(store.append([{ stream: 'a-1', expectedVersion: 0, events: [event] }])).rejects.toMatchObject({
      code: 'STORE_CLOSED',
    });
    await expect(paymentMethods.attach(ana)).rejects.toMatchObject({ code: 'CLOSED' });
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await simulator.close();
  });

  it('hands an observer to all that can be watched', async () => {
    const simulator = await startSimulator();
    const paymentMethodId = simulator.account.addPaymentMethod();
    const customer = simulator.account.addCustomer();
    const told: string[] = [];
    const note = (name: string) => {
      told.push(name);
      return undefined;
    };
    const observer: Observer = {
      useCase: ({ useCase }) => note(useCase),
      append: () => note('append'),
      stripeRequest: ({ route }) => note(route),
      appendBatch: () => note('batch'),
    };
    const container = new Container();
    const stripe = { apiKey: 'sk_test_x', baseUrl: simulator.url };
    container.load(paymentMethodsModule({ pool: database.pool(), trail: 'watched', stripe, observer }));
    await container.get(tokens.paymentMethods).attach({ paymentMethodId, customer, actor: 'user-7' });
    await container.unbindAllAsync();
    // A batch is told of behind its callers.
    expect(told.filter((name) => name !== 'batch')).toEqual([
      'attach',
      'append',
      '/v1/payment_methods/{id}/attach',
      'append',
    ]);
    expect(told.filter((name) => name === 'batch')).toHaveLength(2);
    await simulator.close();
  });

  it('takes the fake gateway in one line, and then needs no API key', async () => {
    const container = new Container();
    container.load(paymentMethodsModule({ pool: database.pool(), trail: 'faked', stripe: { apiKey: '' } }));
    container.rebind(tokens.gateway).toConstantValue(new FakePaymentGateway());
    expect(await container.get(tokens.paymentMethods).attach(ana)).toMatchObject({ outcome: 'attached' });
    await container.unbindAllAsync();
  });

  it('encrypts where it is told to, and forgets a customer', async () => {
    const simulator = await startSimulator();
    simulator.account.addPaymentMethod({ id: 'pm_1' });
    simulator.account.addCustomer('cus_Ana');
    const pool = database.pool();
    const container = new Container();
    const wrapper = new AesKeyWrapper({ masterKeys: { m1: randomBytes(32) }, current: 'm1' });
    const stripe = { apiKey: 'sk_test_x', baseUrl: simulator.url };
    const encryption = { encrypts: ['card'], wrapper } as const;
    container.load(paymentMethodsModule({ pool, trail: 'encrypted', stripe, encryption }));
    const paymentMethods = container.get(tokens.paymentMethods);
    await paymentMethods.attach(ana);
    expect((await paymentMethods.history('pm_1')).state).toMatchObject({ card: { last4: '4242' } });
    await paymentMethods.forgetCustomer({ customer: 'cus_Ana', actor: 'dpo' });
    const { state } = await container.get(tokens.trail).paymentMethod('pm_1');
    expect(state).toMatchObject({ card: { last4: 'redacted' } });
    await container.unbindAllAsync();
    await simulator.close();
  });

  it('recovers by a worker, which shares the work with other processes through Postgres', async () => {
    const trail = 'recovered';
    const pool = database.pool();
    const gateway = new FakePaymentGateway();
    gateway.losesResponse();
    gateway.account.faults.next({ fault: 'loseResponse', match: { method: 'GET' } });
    const reports: RecoveryReport[] = [];
    const container = new Container();
    const recoveryWorker = { intervalMs: 10, onPass: (report: RecoveryReport) => reports.push(report) };
    const policy = { keyLifetimeMs: 60_000, inProgressMs: 1 };
    container.load(
      paymentMethodsModule({ pool, trail, stripe: { apiKey: '' }, recovery: {}, recoveryWorker, retryPolicy: policy }),
    );
    container.rebind(tokens.gateway).toConstantValue(gateway);
    expect(await container.get(tokens.paymentMethods).attach(ana)).toMatchObject({ outcome: 'unknown' });
    await new PostgresLeases({ pool, trail }).acquire('recovery/paymentMethod-pm_1', 'another process', 2_000);
    container.get(tokens.recoveryWorker).start();
    await until('it is settled', () => reports.some(({ settled }) => settled[0]?.outcome === 'attached'));
    expect(reports.some(({ putOff }) => putOff === 1)).toBe(true);
    expect(await container.get(tokens.paymentMethods).sweep()).toMatchObject({ customers: 1, stopped: null });
    expect(await new PostgresCursors({ pool, trail }).load('sweep')).toContain('"seenTo":');
    await container.unbindAllAsync();
    const { length } = reports;
    await sleep(50);
    expect(reports).toHaveLength(length);
  });

  it('reads, follows and projects the trail that it writes', async () => {
    const pool = database.pool();
    const container = new Container();
    container.load(paymentMethodsModule({ pool, trail: 'read', stripe: { apiKey: '' } }));
    container.rebind(tokens.gateway).toConstantValue(new FakePaymentGateway());
    await container.get(tokens.paymentMethods).attach(ana);
    const customer = await container.get(tokens.trail).customer('cus_Ana');
    expect(customer.paymentMethods).toMatchObject([{ paymentMethodId: 'pm_1', status: 'attached' }]);
    const found = await container.get(tokens.projections).read(paymentMethodsByCustomer, 'cus_Ana');
    expect(found?.paymentMethods).toEqual(customer.paymentMethods);
    const seen: number[] = [];
    const handleInTransaction = async ({ position }: { position: number }, connection: PgConnection) => {
      await connection.query({ text: 'select 1' });
      seen.push(position);
    };
    const subscription = container.get(tokens.subscriptions).subscribe({ consumer: 'mails', handleInTransaction });
    await until('it has caught up', () => seen.length === 2);
    await subscription.close();
    await container.unbindAllAsync();
    expect(seen).toEqual([1, 2]);
  });

  it('refuses an option of Stripe that there is not before anything is bound', () => {
    const stripe = { apiKey: 'sk_test_x', baseurl: 'http://127.0.0.1:1' };
    const message: unknown = expect.stringContaining('There is no option baseurl.');
    expect(() => paymentMethodsModule({ pool: database.pool(), stripe })).toThrow(
      expect.objectContaining({ code: 'GATEWAY_MISCONFIGURED', message }),
    );
  });

  it('serves two containers by one module, and closing one leaves the other at work', async () => {
    const module = paymentMethodsModule({ pool: database.pool(), trail: 'shared', stripe: { apiKey: '' } });
    const [one, other] = [new Container(), new Container()].map((container) => {
      container.load(module);
      container.rebind(tokens.gateway).toConstantValue(new FakePaymentGateway());
      container.get(tokens.paymentMethods);
      return container;
    });
    await one?.unbindAllAsync();
    expect(await other?.get(tokens.paymentMethods).attach(ana)).toMatchObject({ outcome: 'attached' });
    await other?.unbindAllAsync();
  });
});
