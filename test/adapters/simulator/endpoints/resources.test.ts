import { describe, expect, it } from 'vitest';
import { anyAccount, errorIn, get, objectIn, post } from '../support.ts';

type Listed = { readonly data: readonly { readonly id: string }[]; readonly has_more: boolean; readonly url: string };

const listIn = (response: { readonly body: string }) => JSON.parse(response.body) as Listed;

describe('a customer', () => {
  it('is created, changed and shown', () => {
    const { account } = anyAccount();
    const made = objectIn(
      account.handle(post('customers', 'name=Ada&email=ada%40example.com&metadata[team]=a&metadata[x]=1')),
    );
    const id = String(made['id']);
    expect(id).toMatch(/^cus_\w{14}$/);
    account.handle(post(`customers/${id}`, 'name=&metadata[x]='));
    expect(objectIn(account.handle(get(`customers/${id}`)))).toMatchObject({
      object: 'customer',
      created: 1762776000,
      name: null,
      email: 'ada@example.com',
      metadata: { team: 'a' },
      livemode: false,
    });
  });

  it('takes a default payment method that is attached to it, and no other', () => {
    const { account } = anyAccount();
    account.addCustomer('cus_1');
    const id = account.addPaymentMethod();
    const makeDefault = () => account.handle(post('customers/cus_1', `invoice_settings[default_payment_method]=${id}`));
    const refused = makeDefault();
    expect(refused.status).toBe(400);
    expect(errorIn(refused)['message']).toBe(
      `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    );
    account.handle(post(`payment_methods/${id}/attach`, 'customer=cus_1'));
    expect(objectIn(makeDefault())).toMatchObject({ invoice_settings: { default_payment_method: id } });
    const expanded = get('customers/cus_1', 'expand[]=invoice_settings.default_payment_method');
    expect(objectIn(account.handle(expanded))).toMatchObject({
      invoice_settings: { default_payment_method: { id, object: 'payment_method' } },
    });
  });

  it('is created with a payment method, or not at all', () => {
    const { account } = anyAccount();
    const declined = account.handle(post('customers', 'payment_method=pm_card_chargeDeclined'));
    expect(declined.status).toBe(402);
    expect(listIn(account.handle(get('customers'))).data).toEqual([]);
    const id = account.addPaymentMethod();
    const made = objectIn(
      account.handle(post('customers', `payment_method=${id}&invoice_settings[default_payment_method]=${id}`)),
    );
    expect(account.effects).toMatchObject([{ effect: 'attached', owner: { id: made['id'] } }]);
  });

  it('that is deleted detaches what it had, and is shown as deleted', () => {
    const { account } = anyAccount();
    account.addCustomer('cus_1');
    const id = account.addPaymentMethod({ owner: { kind: 'customer', id: 'cus_1' } });
    account.handle({ ...get('customers/cus_1'), method: 'DELETE' });
    expect(objectIn(account.handle(get('customers/cus_1')))).toEqual({
      id: 'cus_1',
      object: 'customer',
      deleted: true,
    });
    expect(account.effects).toMatchObject([{ effect: 'detached', paymentMethodId: id }]);
  });

  it('that is unknown is 404 in the path', () => {
    const response = anyAccount().account.handle(get('customers/cus_nope'));
    expect(response.status).toBe(404);
    expect(errorIn(response)).toMatchObject({ code: 'resource_missing', param: 'id' });
  });
});

describe('a payment method', () => {
  it('is created with billing details and metadata', () => {
    const body =
      'type=card&card[token]=tok_visa&billing_details[name]=Ada&billing_details[address][city]=London&metadata[a]=b';
    expect(objectIn(anyAccount().account.handle(post('payment_methods', body)))).toMatchObject({
      billing_details: { name: 'Ada', email: null, address: { city: 'London', line1: null } },
      metadata: { a: 'b' },
      card: { exp_month: 11, exp_year: 2026 },
    });
  });

  it.each([
    ['type=sepa_debit&sepa_debit[iban]=DE89370400440532013000', { sepa_debit: { country: 'DE', last4: '3000' } }, 200],
    [
      'type=us_bank_account&us_bank_account[account_number]=000123456789&us_bank_account[routing_number]=110000000',
      { us_bank_account: { last4: '6789' } },
      200,
    ],
    ['type=ideal&ideal[bank]=ing', { ideal: { bank: 'ing' } }, 400],
  ])('is created with %s', (body, shown, attachStatus) => {
    const { account } = anyAccount();
    account.addCustomer('cus_1');
    const made = objectIn(account.handle(post('payment_methods', body)));
    expect(made).toMatchObject(shown);
    expect(account.handle(post(`payment_methods/${String(made['id'])}/attach`, 'customer=cus_1')).status).toBe(
      attachStatus,
    );
  });

  it.each([
    ['', { code: 'parameter_missing', param: 'type' }],
    ['type=nope', { param: 'type' }],
    [
      'type=card&card[token]=tok_visa&customer=cus_1',
      { message: expect.stringContaining('You cannot attach') as string },
    ],
  ])('is refused when created with %j', (body, error) => {
    const response = anyAccount().account.handle(post('payment_methods', body));
    expect(response.status).toBe(400);
    expect(errorIn(response)).toMatchObject(error);
  });
});

describe('the list of payment methods', () => {
  function anyCustomerWith(count: number) {
    const { account } = anyAccount();
    const owner = { kind: 'customer', id: account.addCustomer('cus_1') } as const;
    const ids = Array.from({ length: count }, () => account.addPaymentMethod({ owner }));
    account.addPaymentMethod({ owner, type: 'sepa_debit' });
    account.addPaymentMethod();
    return { account, newestFirst: ids.toReversed() };
  }

  it.each([
    ['payment_methods', 'customer=cus_1&', '/v1/payment_methods'],
    ['customers/cus_1/payment_methods', '', '/v1/customers/cus_1/payment_methods'],
  ])('GET %s walks the customer’s in pages, newest first', (path, query, url) => {
    const { account, newestFirst } = anyCustomerWith(5);
    const first = listIn(account.handle(get(path, `${query}type=card&limit=3`)));
    expect(first).toMatchObject({ object: 'list', has_more: true, url });
    expect(first.data.map(({ id }) => id)).toEqual(newestFirst.slice(0, 3));
    const rest = listIn(account.handle(get(path, `${query}type=card&limit=3&starting_after=${newestFirst[2] ?? ''}`)));
    expect(rest.has_more).toBe(false);
    expect(rest.data.map(({ id }) => id)).toEqual(newestFirst.slice(3));
  });

  it('shows ten where no limit is given', () => {
    const { account } = anyCustomerWith(12);
    expect(listIn(account.handle(get('payment_methods', 'customer=cus_1&type=card'))).data).toHaveLength(10);
  });

  it.each([
    ['customer=cus_nope', { code: 'resource_missing', param: 'customer' }],
    ['customer_account=acct_nope', { code: 'resource_missing', param: 'customer_account' }],
    ['limit=0', { code: 'parameter_invalid_integer', param: 'limit' }],
    ['limit=all', { code: 'parameter_invalid_integer', param: 'limit' }],
    ['starting_after=pm_nope', { code: 'resource_missing', param: 'starting_after' }],
  ])('refuses %s', (query, error) => {
    const response = anyCustomerWith(1).account.handle(get('payment_methods', query));
    expect(response.status).toBe(400);
    expect(errorIn(response)).toMatchObject(error);
  });

  it('of a customer account holds its own', () => {
    const { account } = anyAccount();
    const id = account.addCustomerAccount();
    const own = account.addPaymentMethod({ owner: { kind: 'customerAccount', id } });
    expect(listIn(account.handle(get('payment_methods', `customer_account=${id}`))).data).toMatchObject([{ id: own }]);
  });
});
