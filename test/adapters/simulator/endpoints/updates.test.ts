import { describe, expect, it } from 'vitest';
import { anyAccount, errorIn, get, objectIn, post } from '../support.ts';

function anyAttached() {
  const { account } = anyAccount();
  account.addCustomer('cus_1');
  account.addPaymentMethod({ id: 'pm_1', owner: { kind: 'customer', id: 'cus_1' }, metadata: { a: '1' } });
  account.addPaymentMethod({ id: 'pm_2' });
  const update = (body: string, id = 'pm_1') => account.handle(post(`payment_methods/${id}`, body));
  return { account, update };
}

describe('a payment method that is added with billing details', () => {
  it('has them, and null for all the others', () => {
    const { account } = anyAccount();
    account.addPaymentMethod({ id: 'pm_1', billingDetails: { email: 'ada@example.com' } });
    expect(objectIn(account.handle(get('payment_methods/pm_1')))).toMatchObject({
      billing_details: { email: 'ada@example.com', name: null, address: { city: null } },
    });
  });
});

describe('a payment method that is attached', () => {
  it('takes new dates, billing details, metadata and display', () => {
    const { account, update } = anyAttached();
    const body = [
      'card[exp_month]=3&card[exp_year]=2031&card[networks][preferred]=visa',
      'billing_details[name]=Ada&billing_details[address][city]=Rome',
      'metadata[a]=&metadata[b]=2&allow_redisplay=always',
    ].join('&');
    const expected = {
      allow_redisplay: 'always',
      billing_details: { name: 'Ada', email: null, address: { city: 'Rome', line1: null } },
      card: { exp_month: 3, exp_year: 2031, networks: { available: ['visa'], preferred: 'visa' } },
      metadata: { b: '2' },
      customer: 'cus_1',
    };
    expect(objectIn(update(body))).toMatchObject(expected);
    expect(objectIn(account.handle(get('payment_methods/pm_1')))).toMatchObject(expected);
    expect(objectIn(update('billing_details[name]='))).toMatchObject({ billing_details: { name: null } });
    expect(objectIn(account.handle(get('payment_methods/pm_1')))['metadata']).toEqual({ b: '2' });
    expect(objectIn(update('metadata='))['metadata']).toEqual({});
  });

  it.each([
    ['card[exp_month]=x', 'pm_1', { code: 'parameter_invalid_integer', param: 'card[exp_month]' }],
    ['card[number]=4242424242424242', 'pm_1', { code: 'parameter_unknown', param: 'card[number]' }],
    [
      'allow_redisplay=often',
      'pm_1',
      { message: 'Invalid allow_redisplay: must be one of always, limited, or unspecified' },
    ],
    ['metadata[a]=1', 'pm_2', { message: 'You must save this PaymentMethod to a customer before you can update it.' }],
  ])('is refused for %s of %s', (body, id, error) => {
    const { update } = anyAttached();
    const refused = update(body, id);
    expect(refused.status).toBe(400);
    expect(errorIn(refused)).toMatchObject(error);
  });
});

it.each([
  ['card[exp_month]=13', { code: 'invalid_expiry_month', param: 'exp_month' }],
  ['card[exp_year]=2019', { code: 'invalid_expiry_year', param: 'exp_year' }],
])('a card cannot be updated to %s', (body, error) => {
  const refused = anyAttached().update(body);
  expect(refused.status).toBe(402);
  expect(errorIn(refused)).toMatchObject({ type: 'card_error', ...error });
});

describe('the payment method of a customer', () => {
  it('is shown under the customer, and only there', () => {
    const { account } = anyAttached();
    account.addCustomer('cus_2');
    expect(objectIn(account.handle(get('customers/cus_1/payment_methods/pm_1')))).toMatchObject({ id: 'pm_1' });
    expect(account.handle(get('customers/cus_2/payment_methods/pm_1')).status).toBe(404);
    expect(account.handle(get('customers/cus_nope/payment_methods/pm_1')).status).toBe(404);
  });

  it('is listed by how it may be displayed', () => {
    const { account, update } = anyAttached();
    const listed = (value: string) =>
      account.handle(get('customers/cus_1/payment_methods', `allow_redisplay=${value}`)).body.includes('pm_1');
    expect([listed('unspecified'), listed('always')]).toEqual([true, false]);
    update('allow_redisplay=always');
    expect([listed('unspecified'), listed('always')]).toEqual([false, true]);
  });
});

describe('the bank', () => {
  it('can tell of a new card, attached or not; of no other type', () => {
    const { account } = anyAttached();
    account.addPaymentMethod({ id: 'pm_Sepa', type: 'sepa_debit' });
    expect(account.in().updateCard('pm_2', { expMonth: 1, expYear: 2040, last4: '9999' })).toBe(true);
    expect(objectIn(account.handle(get('payment_methods/pm_2')))).toMatchObject({
      card: { exp_month: 1, exp_year: 2040, last4: '9999' },
    });
    expect(account.in().updateCard('pm_Sepa', { expMonth: 1 })).toBe(false);
    expect(account.in().updateCard('pm_nope', { expMonth: 1 })).toBe(false);
  });
});

it('card numbers are refused where the account is an ordinary one', () => {
  const { account } = anyAccount({ takesCardNumbers: false });
  const number = 'type=card&card[number]=4242424242424242&card[exp_month]=1&card[exp_year]=2030';
  const refused = account.handle(post('payment_methods', number));
  expect(refused.status).toBe(402);
  expect(errorIn(refused)).toMatchObject({
    type: 'invalid_request_error',
    message: expect.stringContaining(
      'Sending credit card numbers directly to the Stripe API is generally unsafe',
    ) as string,
  });
  expect(account.handle(post('payment_methods', 'type=card&card[token]=tok_visa')).status).toBe(200);
});

it.each(['acss_debit', 'au_becs_debit', 'bacs_debit'])('a %s can be kept by a customer', (type) => {
  const { account } = anyAccount();
  account.addCustomer('cus_1');
  const made = objectIn(account.handle(post('payment_methods', `type=${type}&${type}[account_number]=000123456789`)));
  expect(made).toMatchObject({ [type]: { last4: '6789' } });
  expect(account.handle(post(`payment_methods/${String(made['id'])}/attach`, 'customer=cus_1')).status).toBe(200);
});
