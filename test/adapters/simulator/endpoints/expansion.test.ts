import { describe, expect, it } from 'vitest';
import { anyAccount, dataIn, errorIn, get, objectIn, post } from '../support.ts';

function anyAttached() {
  const { account } = anyAccount();
  account.addPaymentMethod({ id: 'pm_1', owner: { kind: 'customer', id: 'cus_1' } });
  account.addCustomer({ id: 'cus_1', defaultPaymentMethod: 'pm_1' });
  account.handle(post('setup_intents', 'customer=cus_1&payment_method_types[]=card&payment_method=pm_1'));
  return account;
}

const customer = { id: 'cus_1', object: 'customer' };
const paymentMethod = { id: 'pm_1', object: 'payment_method' };

describe('expand', () => {
  it.each([
    ['payment_methods/pm_1', 'expand[]=customer', { customer }],
    [
      'customers/cus_1',
      'expand[0]=invoice_settings.default_payment_method',
      { invoice_settings: { default_payment_method: paymentMethod, footer: null } },
    ],
    [
      'payment_methods/pm_1',
      'expand[]=customer.invoice_settings.default_payment_method',
      { customer: { ...customer, invoice_settings: { default_payment_method: paymentMethod } } },
    ],
  ])('replaces the id in GET %s?%s', (path, query, expected) => {
    expect(objectIn(anyAttached().handle(get(path, query)))).toMatchObject(expected);
  });

  it('replaces several at once, and one within another', () => {
    const account = anyAttached();
    const query = 'customer=cus_1&expand[]=data.customer&expand[]=data.payment_method.customer';
    expect(dataIn(account.handle(get('setup_intents', query)))).toMatchObject([
      { customer, payment_method: { ...paymentMethod, customer } },
    ]);
  });

  it('answers a POST with the object as it is then', () => {
    const account = anyAttached();
    const made = account.handle(
      post('setup_intents', 'customer=cus_1&payment_method_types[]=card&expand[]=customer&expand[]=payment_method'),
    );
    expect(objectIn(made)).toMatchObject({ customer, payment_method: null });
  });

  it.each([
    ['payment_methods/pm_1', 'card'],
    ['payment_methods/pm_1', 'data.customer'],
    ['customers/cus_1', 'default_source'],
    ['payment_methods', 'customer'],
    ['setup_intents', 'data.latest_attempt'],
    ['setup_intents', 'data.payment_method.customer.invoice_settings.default_payment_method'],
  ])('refuses in GET %s what is no id, or too deep: %s', (path, property) => {
    const refused = anyAttached().handle(get(path, `expand[]=${property}`));
    expect(refused.status).toBe(400);
    expect(errorIn(refused)['message']).toBe(`This property cannot be expanded (${property}).`);
  });

  it('refuses before anything happens', () => {
    const account = anyAttached();
    account.handle(post('payment_methods/pm_1/detach', 'expand[]=nope'));
    expect(account.effects).toEqual([]);
  });
});
