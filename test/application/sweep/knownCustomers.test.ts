import { describe, expect, it } from 'vitest';
import { FoldedKnownCustomers } from '../../../src/application/readModels/foldedKnownCustomers.ts';
import { aMonolith, ana, ben } from '../support.ts';

const all = { after: null, limit: 100 };

describe('the customers of a trail', () => {
  it('are those that something was asked for, with what is attached to them now', async () => {
    const monolith = aMonolith();
    const known = new FoldedKnownCustomers(monolith.store);
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_1' });
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2' });
    await monolith.paymentMethods.detach({ paymentMethodId: 'pm_1', actor: 'user-7' });
    monolith.gateway.declines('pm_3');
    await monolith.paymentMethods.attach({ ...ben, paymentMethodId: 'pm_3' });
    await monolith.paymentMethods.beginSetup({ customer: 'cus_Carla', actor: 'user-9' });
    expect(await known.list(all)).toEqual([
      { customer: { kind: 'customer', id: 'cus_Ana' }, paymentMethodIds: ['pm_2'] },
      { customer: { kind: 'customer', id: 'cus_Ben' }, paymentMethodIds: [] },
      { customer: { kind: 'customer', id: 'cus_Carla' }, paymentMethodIds: [] },
    ]);
    expect(await known.find('cus_Ana')).toMatchObject({ paymentMethodIds: ['pm_2'] });
    expect(await known.find('cus_Nobody')).toBe(undefined);
  });

  it('are answered page by page, in the order of their ids', async () => {
    const monolith = aMonolith();
    for (const name of ['b', 'C', 'a', 'D']) {
      await monolith.paymentMethods.attach({ paymentMethodId: `pm_${name}`, customer: `cus_${name}`, actor: 'user-7' });
    }
    const known = new FoldedKnownCustomers(monolith.store);
    const names = async (after: string | null) =>
      (await known.list({ after, limit: 2 })).map(({ customer }) => customer.id.slice(4)).join('');
    expect([await names(null), await names('cus_D'), await names('cus_b')]).toEqual(['CD', 'ab', '']);
  });

  it('of a clone of a test alias, is the one it was made for', async () => {
    const monolith = aMonolith();
    const result = await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_card_visa' });
    const known = await new FoldedKnownCustomers(monolith.store).find('cus_Ana');
    expect(known?.paymentMethodIds).toEqual([result.paymentMethodId]);
  });
});
