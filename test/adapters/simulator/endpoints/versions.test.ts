import { describe, expect, it } from 'vitest';
import { anyAccount, errorIn, get, objectIn, post } from '../support.ts';

const added = {
  clover: [],
  'customer account': ['customer_account'],
  'spring dahlia': ['customer_account', 'managed_payments'],
  'summer dahlia': ['allowed_payment_method_types', 'customer_account', 'managed_payments'],
};

function anyIntent() {
  const { account } = anyAccount();
  account.addCustomer('cus_1');
  account.addPaymentMethod({ id: 'pm_1' });
  const id = String(
    objectIn(account.handle(post('setup_intents', 'customer=cus_1&payment_method_types[]=card')))['id'],
  );
  return { account, id };
}

describe('an object has the shape of the version that is asked for', () => {
  it.each([
    ['2024-06-20', added.clover],
    ['2025-10-29.clover', added.clover],
    ['2025-11-17.clover', added.clover],
    ['2025-12-15.clover', added['customer account']],
    ['2026-03-25.dahlia', added['customer account']],
    ['2026-04-22.dahlia', added['spring dahlia']],
    ['2026-07-29.dahlia', added['summer dahlia']],
    ['2026-10-28.endive', added['summer dahlia']],
  ])('a SetupIntent of %s has %j beside the rest', (version, names) => {
    const { account, id } = anyIntent();
    const first = objectIn(account.handle(get(`setup_intents/${id}`)));
    const shown = objectIn(account.handle(get(`setup_intents/${id}`, '', { version })));
    expect(Object.keys(shown).filter((name) => !(name in first))).toEqual(names);
  });

  it.each([
    ['2025-10-29.clover', []],
    ['2025-12-15.clover', ['customer_account']],
    ['2026-08-26.dahlia', ['customer_account', 'shared_payment_granted_token']],
  ])('a PaymentMethod of %s has %j beside the rest', (version, names) => {
    const { account } = anyIntent();
    const first = objectIn(account.handle(get('payment_methods/pm_1')));
    const shown = objectIn(account.handle(get('payment_methods/pm_1', '', { version })));
    expect(Object.keys(shown).filter((name) => !(name in first))).toEqual(names);
  });

  it('a customer has an account beside it from 2025-12-15.clover on', () => {
    const { account } = anyIntent();
    expect(objectIn(account.handle(get('customers/cus_1')))).not.toHaveProperty('customer_account');
    const later = objectIn(account.handle(get('customers/cus_1', '', { version: '2025-12-15.clover' })));
    expect(later).toHaveProperty('customer_account', null);
  });

  it('an expanded object has it too', () => {
    const { account } = anyIntent();
    account.handle(post('payment_methods/pm_1/attach', 'customer=cus_1'));
    const asked = { version: '2025-12-15.clover' };
    const shown = objectIn(account.handle(get('payment_methods/pm_1', 'expand[]=customer', asked)));
    expect(shown['customer']).toHaveProperty('customer_account', null);
  });
});

it('a refusal says where the Dashboard logged it: at another place since 2026', () => {
  const { account } = anyAccount();
  const logOf = (version: string, authorization = 'Bearer sk_test_0123456789wXyZ') => {
    const response = account.handle(get('customers/cus_nope', '', { version, headers: { authorization } }));
    return String(errorIn(response)['request_log_url']).replace(String(response.headers['request-id']), 'ID');
  };
  const live = 'Bearer sk_live_0123456789wXyZ';
  expect(logOf('2025-10-29.clover')).toBe('https://dashboard.stripe.com/test/logs/ID?t=1762776000');
  expect(logOf('2025-10-29.clover', live)).toBe('https://dashboard.stripe.com/logs/ID?t=1762776000');
  expect(logOf('2026-03-25.dahlia')).toBe(`https://dashboard.stripe.com/${account.id}/test/workbench/logs?object=ID`);
});

it('an account has a version of its own, for requests that name none', () => {
  const { account } = anyAccount({ apiVersion: '2026-03-25.dahlia' });
  const made = account.handle(post('customers', ''));
  expect(made.headers['stripe-version']).toBe('2026-03-25.dahlia');
  expect(objectIn(made)).toHaveProperty('customer_account');
});
