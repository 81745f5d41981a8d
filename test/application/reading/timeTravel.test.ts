import { describe, expect, it } from 'vitest';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import type { AsOf } from '../../../src/application/commands/commands.ts';
import type { CustomerPaymentMethods } from '../../../src/application/readModels/paymentMethodsByCustomer.ts';
import { Projections } from '../../../src/application/readModels/projections.ts';
import { customerDifferenceOf } from '../../../src/application/reading/differences.ts';
import { Trail } from '../../../src/application/reading/trail.ts';
import { ana, hour } from '../support.ts';
import { aTrail, noon } from './support.ts';

/** A trail that is read as a whole, and one whose customers are found by the read model. */
const ways = {
  'without a read model': async () => {
    const { store, ...monolith } = await aTrail();
    return { ...monolith, trail: new Trail({ eventStore: store }) };
  },
  'with a read model': async () => {
    const { store: eventStore, ...monolith } = await aTrail();
    const projections = new Projections({ eventStore, readModels: new InMemoryReadModels() });
    return { ...monolith, trail: new Trail({ eventStore, projections }) };
  },
};

describe.each(Object.entries(ways))('a customer, %s', (_, aTrailOf) => {
  it.each<[string, AsOf | undefined, number, number, string | null, readonly string[]]>([
    ['now', undefined, 11, 2, null, ['pm_1 detached']],
    ['version 0 of its stream', { version: 0 }, 0, 0, null, []],
    ['version 1 of its stream', { version: 1 }, 6, 1, null, ['pm_1 attached']],
    ['a version to come', { version: 99 }, 7, 2, 'pm_1', ['pm_1 attached']],
    ['position 1', { position: 1 }, 1, 0, null, ['pm_1 attaching']],
    ['position 7', { position: 7 }, 7, 2, 'pm_1', ['pm_1 attached']],
    ['a position to come', { position: 99 }, 11, 2, null, ['pm_1 detached']],
    ['an instant before it all', new Date(noon - 1), 0, 0, null, []],
    ['an instant between', new Date(noon + 3 * hour), 9, 2, 'pm_1', ['pm_1 attached']],
  ])('as of %s', async (_name, asOf, position, version, defaultPaymentMethodId, paymentMethods) => {
    const { trail } = await aTrailOf();
    const customer = await trail.customer('cus_Ana', { asOf });
    expect(customer).toMatchObject({
      customerId: 'cus_Ana',
      isDeleted: false,
      position,
      version,
      defaultPaymentMethodId,
    });
    expect(customer.paymentMethods.map(({ paymentMethodId, status }) => `${paymentMethodId} ${status}`)).toEqual(
      paymentMethods,
    );
    expect(customer.state.set).toHaveLength(version === 2 ? 1 : 0);
  });

  it('that was refused, or that nobody mentioned, has no payment method', async () => {
    const { trail } = await aTrailOf();
    expect((await trail.customer('cus_Ben', { asOf: { position: 3 } })).paymentMethods).toEqual([]);
    expect((await trail.customer('cus_Nobody')).paymentMethods).toEqual([]);
    expect((await trail.customer('acct_Nobody')).paymentMethods).toEqual([]);
  });

  it('is compared with itself at another moment', async () => {
    const { trail, paymentMethods } = await aTrailOf();
    expect(await trail.compareCustomer('cus_Ana', { from: { position: 0 }, to: { position: 7 } })).toEqual([
      { change: 'added', paymentMethod: expect.objectContaining({ paymentMethodId: 'pm_1', status: 'attached' }) },
      { change: 'default', from: null, to: 'pm_1' },
    ]);
    expect(await trail.compareCustomer('cus_Ana', { from: new Date(noon + 3 * hour) })).toEqual([
      { change: 'status', paymentMethodId: 'pm_1', from: 'attached', to: 'detached' },
      { change: 'default', from: 'pm_1', to: null },
    ]);
    expect(await trail.compareCustomer('cus_Ana', { from: { position: 7 }, to: { position: 9 } })).toEqual([]);
    const notification = {
      notificationId: 'evt_1',
      requestId: null,
      idempotencyKey: null,
      type: 'customerDeleted',
      customerId: 'cus_Ana',
    };
    await paymentMethods.ingest(notification as never);
    expect(await trail.compareCustomer('cus_Ana', { from: { position: 11 } })).toEqual([{ change: 'deleted' }]);
  });
});

describe('a payment method', () => {
  it('is what history tells', async () => {
    const { store, paymentMethods } = await aTrail();
    const trail = new Trail({ eventStore: store });
    expect(await trail.paymentMethod('pm_1')).toEqual(await paymentMethods.history('pm_1'));
    const asOf = { asOf: { version: 2 } };
    expect(await trail.paymentMethod('pm_1', asOf)).toEqual(await paymentMethods.history('pm_1', asOf));
  });

  it('is compared with itself at another moment', async () => {
    const { store } = await aTrail();
    const trail = new Trail({ eventStore: store });
    const visa = expect.objectContaining({ brand: 'visa', last4: '4242' });
    const customer = { kind: 'customer', id: 'cus_Ana' };
    expect(await trail.comparePaymentMethod('pm_1', { from: { version: 1 }, to: new Date(noon) })).toEqual([
      { change: 'status', from: 'attaching', to: 'attached' },
      { change: 'customer', from: null, to: customer },
      { change: 'type', from: null, to: 'card' },
      { change: 'card', from: null, to: visa },
    ]);
    expect(await trail.comparePaymentMethod('pm_1', { from: { position: 9 } })).toMatchObject([
      { change: 'status', from: 'attached', to: 'detached' },
      { change: 'customer', from: customer, to: null },
      { change: 'type' },
      { change: 'card', from: visa, to: null },
    ]);
    expect(await trail.comparePaymentMethod('pm_1', { from: { version: 2 }, to: { version: 2 } })).toEqual([]);
  });
});

describe('time travel refuses', () => {
  it.each<[string, (trail: Trail) => Promise<unknown>]>([
    ['a date that is not one', (trail) => trail.customer('cus_Ana', { asOf: new Date('x') })],
    ['a customer that is none', (trail) => trail.customer('pm_1')],
    ['a negative version', (trail) => trail.customer('cus_Ana', { asOf: { version: -1 } })],
    ['a misspelt option', (trail) => trail.customer('cus_Ana', { asof: new Date() } as never)],
    [
      'a comparison that runs backwards',
      (trail) => trail.compareCustomer('cus_Ana', { from: { position: 5 }, to: { position: 4 } }),
    ],
    [
      'the same, of a payment method',
      (trail) => trail.comparePaymentMethod('pm_1', { from: { version: 2 }, to: { version: 1 } }),
    ],
    ['a payment method that is none', (trail) => trail.paymentMethod(ana.customer)],
  ])('%s', async (_, ask) => {
    const { store } = await aTrail();
    await expect(ask(new Trail({ eventStore: store }))).rejects.toMatchObject({ code: 'INVALID_COMMAND' });
  });
});

describe('what changed of a customer', () => {
  const before = {
    customerId: 'cus_Ana',
    isDeleted: false,
    defaultPaymentMethodId: null,
    paymentMethods: [{ paymentMethodId: 'pm_1', status: 'attached', type: null, card: null }],
  } as unknown as CustomerPaymentMethods;
  const withOne = (part: object) => ({
    ...before,
    paymentMethods: before.paymentMethods.map((one) => ({ ...one, ...part })),
  });

  it('is the type and the card of a payment method', () => {
    const card = { brand: 'visa' };
    expect(customerDifferenceOf(before, withOne({ type: 'card', card }))).toEqual([
      { paymentMethodId: 'pm_1', change: 'type', from: null, to: 'card' },
      { paymentMethodId: 'pm_1', change: 'card', from: null, to: card },
    ]);
  });

  it('is nothing of what is as it was, and no second deletion', () => {
    expect(customerDifferenceOf(before, before)).toEqual([]);
    const deleted = { ...before, isDeleted: true };
    expect(customerDifferenceOf(deleted, deleted)).toEqual([]);
    expect(customerDifferenceOf(deleted, before)).toEqual([]);
  });
});

describe('a customer of the trail, asked for wrongly', () => {
  it.each([
    ['customerId', 'pm_1', {}, /must be a customer id .*or an account id/],
    ['asof', 'cus_Ana', { asof: new Date() }, /is not a field of customer/],
  ])('names %s, and says what it must be', async (field, id, options, message) => {
    const { store } = await aTrail();
    const answer = new Trail({ eventStore: store }).customer(id, options as never);
    await expect(answer).rejects.toMatchObject({
      details: { call: 'customer', fields: [field] },
      message: expect.stringMatching(message),
    });
  });
});
