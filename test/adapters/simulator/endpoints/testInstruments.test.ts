import { describe, expect, it } from 'vitest';
import { anyAccount, errorIn, get, objectIn, post } from '../support.ts';

const cus = 'cus_Instruments';

function anyAccountWithCustomer() {
  const { account } = anyAccount();
  account.addCustomer(cus);
  return account;
}

const attach = (id: string) => post(`payment_methods/${id}/attach`, `customer=${cus}`, { key: 'key-1' });

const attachable = [
  { number: '4242424242424242', name: 'visa', card: { brand: 'visa', last4: '4242', display_brand: 'visa' } },
  { number: '5555555555554444', name: 'mastercard', card: { brand: 'mastercard', last4: '4444' } },
  { number: '378282246310005', name: 'amex', card: { brand: 'amex', display_brand: 'american_express' } },
  { number: '6011111111111117', name: 'discover', card: { brand: 'discover', last4: '1117' } },
  { number: '4000000000000341', name: 'chargeCustomerFail', card: { last4: '0341' } },
  { number: '4000002500003155', name: 'authenticationRequiredOnSetup', card: { last4: '3155' } },
  { number: '4000002760003184', name: 'authenticationRequired', card: { last4: '3184' } },
  { number: '4000000000000101', name: 'cvcCheckFail', card: { checks: { cvc_check: 'fail' } } },
];

const generic = { code: 'card_declined', decline_code: 'generic_decline', param: '' };
const declined = [
  { number: '4000000000000002', name: 'visa_chargeDeclined', error: generic },
  {
    number: '4000000000000002',
    name: 'chargeDeclined',
    error: {
      ...generic,
      message: 'Your card was declined.',
      advice_code: 'try_again_later',
      network_decline_code: '01',
      doc_url: 'https://stripe.com/docs/error-codes/card-declined',
    },
  },
  {
    number: '4000000000009995',
    name: 'visa_chargeDeclinedInsufficientFunds',
    error: { code: 'card_declined', decline_code: 'insufficient_funds' },
  },
  {
    number: '4000000000009987',
    name: 'visa_chargeDeclinedLostCard',
    error: { code: 'card_declined', decline_code: 'lost_card' },
  },
  {
    number: '4000000000009979',
    name: 'visa_chargeDeclinedStolenCard',
    error: { code: 'card_declined', decline_code: 'stolen_card' },
  },
  {
    number: '4000000000000069',
    name: 'chargeDeclinedExpiredCard',
    error: { code: 'expired_card', param: 'exp_month', message: 'Your card has expired.' },
  },
  {
    number: '4000000000000127',
    name: 'chargeDeclinedIncorrectCvc',
    error: { code: 'incorrect_cvc', param: 'cvc', message: "Your card's security code is incorrect." },
  },
  { number: '4000000000000119', name: 'chargeDeclinedProcessingError', error: { code: 'processing_error' } },
  {
    number: '4000000000006975',
    name: 'visa_chargeDeclinedVelocityLimitExceeded',
    error: { code: 'card_declined', decline_code: 'card_velocity_exceeded' },
  },
];

const created = (card: string) => post('payment_methods', `type=card&${card}`);

describe.each(attachable)('the test card $name', ({ number, name, card }) => {
  it('is attached by its alias, as a new payment method', () => {
    const account = anyAccountWithCustomer();
    const shown = objectIn(account.handle(attach(`pm_card_${name}`)));
    expect(shown).toMatchObject({ id: expect.stringMatching(/^pm_1\w{23}$/) as string, customer: cus, card });
    expect(account.effects).toMatchObject([{ effect: 'attached', paymentMethodId: shown['id'] }]);
  });

  it.each([
    ['token', `card[token]=tok_${name}`],
    ['number', `card[number]=${number}&card[exp_month]=4&card[exp_year]=2030&card[cvc]=123`],
  ])('is created by its %s, unchecked, and attached', (_, parameters) => {
    const account = anyAccountWithCustomer();
    const made = objectIn(account.handle(created(parameters)));
    expect(made).toMatchObject({ customer: null, card: { checks: { cvc_check: 'unchecked' } } });
    expect(objectIn(account.handle(attach(String(made['id']))))).toMatchObject({ id: made['id'], customer: cus, card });
  });
});

describe.each(declined)('the test card $name', ({ number, name, error }) => {
  it.each(['alias', 'token', 'number'])('is declined at attach by its %s, and the decline is saved', (by) => {
    const account = anyAccountWithCustomer();
    const made = account.handle(
      created(
        by === 'token' ? `card[token]=tok_${name}` : `card[number]=${number}&card[exp_month]=4&card[exp_year]=30`,
      ),
    );
    const id = by === 'alias' ? `pm_card_${name}` : String(objectIn(made)['id']);
    const response = account.handle(attach(id));
    expect(response.status).toBe(402);
    expect(errorIn(response)).toMatchObject({ type: 'card_error', ...error });
    expect(response.headers['stripe-should-retry']).toBe('false');
    expect(account.effects).toEqual([]);
  });
});

it('an alias makes another payment method each time, with the fingerprint of its card', () => {
  const account = anyAccountWithCustomer();
  const attachAgain = () => objectIn(account.handle(post('payment_methods/pm_card_visa/attach', `customer=${cus}`)));
  const [one, other] = [attachAgain(), attachAgain()];
  expect(one['id']).not.toBe(other['id']);
  expect(one['card']).toEqual(other['card']);
  expect(objectIn(account.handle(get(`payment_methods/${String(one['id'])}`)))).toMatchObject({ customer: cus });
});

it.each([
  ['card[token]=pm_card_visa', 400, { message: 'Invalid token id: pm_card_visa' }],
  ['card[token]=tok_nope', 400, { code: 'resource_missing' }],
  ['card[number]=4242424242424241&card[exp_month]=1&card[exp_year]=2030', 402, { code: 'incorrect_number' }],
  ['card[number]=4111111111111111&card[exp_month]=1&card[exp_year]=2030', 402, { decline_code: 'test_mode_live_card' }],
  ['card[number]=4242424242424242&card[exp_month]=13&card[exp_year]=2030', 402, { code: 'invalid_expiry_month' }],
  ['card[number]=4242424242424242&card[exp_month]=1&card[exp_year]=2019', 402, { code: 'invalid_expiry_year' }],
  ['card[nope]=1', 400, { code: 'parameter_unknown', param: 'card[nope]' }],
  ['card[number]=4242424242424242', 400, { code: 'parameter_missing', param: 'card[exp_month]' }],
])('a card created with %s is refused', (parameters, status, error) => {
  const response = anyAccountWithCustomer().handle(created(parameters));
  expect(response.status).toBe(status);
  expect(errorIn(response)).toMatchObject(error);
});

it('never repeats a card number in a refusal', () => {
  const response = anyAccountWithCustomer().handle(
    created('card[number]=4111111111111111&card[exp_month]=1&card[exp_year]=2030'),
  );
  expect(JSON.stringify(response)).not.toContain('4111111111111111');
});

describe('the test bank account', () => {
  it('is cloned, attached and kept like a test card', () => {
    const { account } = anyAccount();
    account.addCustomer('cus_1');
    const attached = account.handle(post('payment_methods/pm_usBankAccount_success/attach', 'customer=cus_1'));
    const { id, ...shown } = objectIn(attached);
    expect(shown).toMatchObject({ type: 'us_bank_account', customer: 'cus_1', us_bank_account: { last4: '6789' } });
    expect(id).toMatch(/^pm_1/);
    expect(objectIn(account.handle(get(`payment_methods/${String(id)}`)))).toMatchObject({ customer: 'cus_1' });
  });

  it('that Stripe documents and nobody here acts out is not there', () => {
    const { account } = anyAccount();
    account.addCustomer('cus_1');
    expect(account.handle(post('payment_methods/pm_usBankAccount_noAccount/attach', 'customer=cus_1')).status).toBe(
      404,
    );
  });
});

describe('the types that came late', () => {
  it.each([
    ['crypto', '', false],
    ['custom', '', false],
    ['customer_balance', '', false],
    ['kr_card', '', true],
    ['naver_pay', 'naver_pay[funding]=points', true],
    ['nz_bank_account', 'nz_bank_account[account_number]=0000010&nz_bank_account[bank_code]=12', true],
  ])('%s can be created, and attached: %s %s', (type, details, isSaveable) => {
    const { account } = anyAccount();
    account.addCustomer('cus_1');
    const made = objectIn(account.handle(post('payment_methods', `type=${type}&${details}`)));
    expect(made).toMatchObject({ type, [type]: {} });
    if (type === 'naver_pay') expect(made).toMatchObject({ naver_pay: { funding: 'points' } });
    if (type === 'nz_bank_account') expect(made).toMatchObject({ nz_bank_account: { bank_code: '12', last4: '0010' } });
    const attached = account.handle(post(`payment_methods/${String(made['id'])}/attach`, 'customer=cus_1'));
    expect(attached.status).toBe(isSaveable ? 200 : 400);
  });
});

it('a default that is refused names no parameter and no code', () => {
  const { account } = anyAccount();
  account.addCustomer('cus_1');
  account.addPaymentMethod({ id: 'pm_1' });
  const body = 'invoice_settings[default_payment_method]=pm_1';
  const { error } = objectIn(account.handle(post('customers/cus_1', body))) as { error: Record<string, unknown> };
  expect(Object.keys(error).sort()).toEqual(['message', 'request_log_url', 'type']);
});
