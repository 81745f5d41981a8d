import { describe, expect, it } from 'vitest';
import { anyAccount, dataIn, errorIn, get, objectIn, post } from '../support.ts';

const both = { version: '2025-12-15.clover' };
const names = { customer: 'cus_Ana', customer_account: 'acct_Ana' };

/** An account that has a customer who is also known as an account. */
function anyPair() {
  const { account } = anyAccount();
  account.addCustomer({ id: 'cus_Ana', account: 'acct_Ana' });
  account.addPaymentMethod({ id: 'pm_1' });
  return account;
}

describe('of one who is a customer and an account', () => {
  it.each(['customer=cus_Ana', 'customer_account=acct_Ana'])('an attach by %s is answered with both names', (body) => {
    const account = anyPair();
    expect(objectIn(account.handle(post('payment_methods/pm_1/attach', body, both)))).toMatchObject(names);
    expect(objectIn(account.handle(get('payment_methods/pm_1', '', both)))).toMatchObject(names);
    expect(objectIn(account.handle(get('customers/cus_Ana', '', both)))).toHaveProperty('customer_account', 'acct_Ana');
  });

  it('a version from before names the customer alone', () => {
    const account = anyPair();
    const shown = objectIn(account.handle(post('payment_methods/pm_1/attach', 'customer=cus_Ana')));
    expect(shown).toHaveProperty('customer', 'cus_Ana');
    expect(shown).not.toHaveProperty('customer_account');
    expect(objectIn(account.handle(get('customers/cus_Ana')))).not.toHaveProperty('customer_account');
  });

  it('attaching by the one name and then by the other is attaching twice', () => {
    const account = anyPair();
    account.handle(post('payment_methods/pm_1/attach', 'customer_account=acct_Ana', both));
    const again = account.handle(post('payment_methods/pm_1/attach', 'customer=cus_Ana', both));
    expect(again.status).toBe(200);
    expect(account.effects).toHaveLength(1);
  });

  it.each(['customers/cus_Ana/payment_methods?', 'payment_methods?customer_account=acct_Ana'])(
    '%s lists the same',
    (url) => {
      const account = anyPair();
      account.handle(post('payment_methods/pm_1/attach', 'customer_account=acct_Ana', both));
      const [path = '', query = ''] = url.split('?');
      expect(dataIn(account.handle(get(path, query, both)))).toMatchObject([{ id: 'pm_1', ...names }]);
    },
  );

  it('its SetupIntent, its events and what was added as theirs have both names', () => {
    const { account } = anyAccount({ apiVersion: both.version });
    account.addCustomer({ id: 'cus_Ana', account: 'acct_Ana' });
    account.addPaymentMethod({ id: 'pm_1', owner: { kind: 'customerAccount', id: 'acct_Ana' } });
    const begun = objectIn(account.handle(post('setup_intents', 'customer_account=acct_Ana')));
    expect(begun).toMatchObject(names);
    account.handle(post('payment_methods/pm_1/detach', ''));
    expect(dataIn(account.handle(get('events')))[0]).toMatchObject({
      type: 'payment_method.detached',
      data: { object: { customer: null, customer_account: null }, previous_attributes: names },
    });
  });

  it('once the customer is deleted, neither name is good any more', () => {
    const account = anyPair();
    account.handle({ ...post('customers/cus_Ana', ''), method: 'DELETE' });
    const refused = account.handle(post('payment_methods/pm_1/attach', 'customer_account=acct_Ana', both));
    expect([refused.status, errorIn(refused)['code']]).toEqual([400, 'resource_missing']);
  });
});
