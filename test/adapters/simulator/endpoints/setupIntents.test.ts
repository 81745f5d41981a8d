import { describe, expect, it } from 'vitest';
import type { StripeAccount } from '../../../../src/adapters/simulator/index.ts';
import { anyAccount, dataIn, errorIn, eventTypesOf, get, objectIn, post } from '../support.ts';

const cus = 'cus_Setup';
const off = 'automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never';

const deleteCustomer = (account: StripeAccount) =>
  account.handle({ ...post(`customers/${cus}`, ''), method: 'DELETE' });

function anyCustomer() {
  const { account, clock } = anyAccount();
  account.addCustomer(cus);
  account.addPaymentMethod({ id: 'pm_1' });
  const send = (path: string, body = '', key?: string) =>
    account.handle(post(path, body, key === undefined ? {} : { key }));
  const create = (body: string) => objectIn(send('setup_intents', body));
  return { account, clock, send, create };
}

describe('a SetupIntent', () => {
  it('is created as Stripe was recorded to, for the types of the Dashboard', () => {
    const { create } = anyCustomer();
    const made = create(`customer=${cus}&usage=off_session`);
    expect(made).toEqual({
      id: expect.stringMatching(/^seti_1\w{23}$/) as string,
      object: 'setup_intent',
      application: null,
      automatic_payment_methods: { allow_redirects: 'always', enabled: true },
      cancellation_reason: null,
      client_secret: expect.stringMatching(new RegExp(`^${String(made['id'])}_secret_\\w{31}$`)) as string,
      created: 1762776000,
      customer: cus,
      description: null,
      excluded_payment_method_types: null,
      flow_directions: null,
      last_setup_error: null,
      latest_attempt: null,
      livemode: false,
      mandate: null,
      metadata: {},
      next_action: null,
      on_behalf_of: null,
      payment_method: null,
      payment_method_configuration_details: { id: expect.stringMatching(/^pmc_1/) as string, parent: null },
      payment_method_options: {
        card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
        us_bank_account: { mandate_options: {}, verification_method: 'automatic' },
      },
      payment_method_types: ['card', 'link', 'sepa_debit', 'us_bank_account'],
      single_use_mandate: null,
      status: 'requires_payment_method',
      usage: 'off_session',
    });
  });

  it('is created for the types that are named', () => {
    expect(anyCustomer().create('payment_method_types[0]=card&usage=on_session')).toMatchObject({
      automatic_payment_methods: null,
      payment_method_configuration_details: null,
      payment_method_types: ['card'],
      usage: 'on_session',
      customer: null,
    });
  });

  it('waits for confirmation once it has a payment method', () => {
    const { send, create, account } = anyCustomer();
    const made = create(`customer=${cus}&payment_method_types[]=card&payment_method=pm_1&metadata[a]=b`);
    expect(made).toMatchObject({ status: 'requires_confirmation', payment_method: 'pm_1', metadata: { a: 'b' } });
    expect(account.effects).toEqual([]);
    const confirmed = objectIn(send(`setup_intents/${String(made['id'])}/confirm`));
    expect(confirmed).toMatchObject({ status: 'succeeded', payment_method: 'pm_1', next_action: null });
    expect(confirmed['latest_attempt']).toMatch(/^setatt_1/);
  });

  it('that succeeds attaches its payment method first, verified, and says so in this order', () => {
    const { account, create } = anyCustomer();
    create(`customer=${cus}&payment_method_types[]=card&payment_method=pm_1&confirm=true`);
    expect(eventTypesOf(account)).toEqual([
      'setup_intent.created',
      'payment_method.attached',
      'setup_intent.succeeded',
    ]);
    expect(objectIn(account.handle(get('payment_methods/pm_1')))).toMatchObject({
      customer: cus,
      card: { checks: { cvc_check: 'pass' } },
    });
    expect(account.effects).toMatchObject([{ effect: 'attached', paymentMethodId: 'pm_1', owner: { id: cus } }]);
  });

  it('makes a payment method of a test alias', () => {
    const { account, create } = anyCustomer();
    const made = create(`customer=${cus}&${off}&payment_method=pm_card_visa&confirm=true`);
    expect(made['payment_method']).toMatch(/^pm_1/);
    expect(account.effects).toMatchObject([{ paymentMethodId: made['payment_method'] }]);
  });

  it('without a customer succeeds, and attaches to nobody', () => {
    const { account, create, send } = anyCustomer();
    expect(create('payment_method_types[]=card&payment_method=pm_1&confirm=true')).toMatchObject({
      status: 'succeeded',
      customer: null,
    });
    expect(account.effects).toEqual([]);
    expect(send('payment_methods/pm_1/attach', `customer=${cus}`).status).toBe(200);
  });

  it('for a customer account attaches to it, and echoes it', () => {
    const { account, create } = anyCustomer();
    const id = account.addCustomerAccount();
    const made = create(`customer_account=${id}&payment_method_types[]=card&payment_method=pm_1&confirm=true`);
    expect(made).toMatchObject({ customer: null, customer_account: id, status: 'succeeded' });
    expect(account.effects).toMatchObject([{ owner: { kind: 'customerAccount', id } }]);
  });

  it('has a mandate for a bank account that gave one', () => {
    const { account, create } = anyCustomer();
    account.addPaymentMethod({ id: 'pm_Sepa', type: 'sepa_debit' });
    const mandate = 'mandate_data[customer_acceptance][type]=offline';
    expect(
      create(`customer=${cus}&payment_method_types[]=sepa_debit&payment_method=pm_Sepa&confirm=true&${mandate}`),
    ).toMatchObject({ status: 'succeeded', mandate: expect.stringMatching(/^mandate_1/) as string });
  });

  it('is changed while it is open: then only its metadata', () => {
    const { send, create } = anyCustomer();
    const id = String(create('payment_method_types[]=card')['id']);
    const update = (body: string) => send(`setup_intents/${id}`, body);
    expect(objectIn(update(`customer=${cus}&payment_method=pm_1&description=d`))).toMatchObject({
      customer: cus,
      payment_method: 'pm_1',
      description: 'd',
      status: 'requires_confirmation',
    });
    send(`setup_intents/${id}/confirm`);
    expect(objectIn(update('metadata[a]=1'))).toMatchObject({ metadata: { a: '1' }, status: 'succeeded' });
    const refused = update('description=e');
    expect(refused.status).toBe(400);
    expect(errorIn(refused)).toMatchObject({
      code: 'setup_intent_unexpected_state',
      message: 'You cannot update this SetupIntent because it has already succeeded.',
      setup_intent: { id, description: 'd' },
    });
  });

  it('is canceled while it is open, and keeps its payment method', () => {
    const { account, send, create } = anyCustomer();
    const id = String(create('payment_method_types[]=card&payment_method=pm_1')['id']);
    const canceled = objectIn(send(`setup_intents/${id}/cancel`, 'cancellation_reason=abandoned'));
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
      payment_method: 'pm_1',
      next_action: null,
    });
    expect(eventTypesOf(account)).toEqual(['setup_intent.created', 'setup_intent.canceled']);
    const again = send(`setup_intents/${id}/cancel`, '', 'key-1');
    expect(again.headers['stripe-should-retry']).toBe('false');
    expect(errorIn(again)).toMatchObject({
      code: 'setup_intent_unexpected_state',
      message: 'You cannot cancel this SetupIntent because it it already canceled.',
      setup_intent: { id, status: 'canceled' },
    });
    expect(errorIn(send(`setup_intents/${id}/confirm`))['message']).toBe(
      'You cannot confirm this SetupIntent because it has a status of canceled.',
    );
  });

  it('cannot be canceled once it succeeded', () => {
    const { send, create } = anyCustomer();
    const id = String(create('payment_method_types[]=card&payment_method=pm_1&confirm=true')['id']);
    expect(errorIn(send(`setup_intents/${id}/cancel`))['message']).toBe(
      'You cannot cancel this SetupIntent because it has a status of succeeded. Only a SetupIntent with one of the following statuses may be canceled: `requires_payment_method`, `requires_confirmation`, or `requires_action`.',
    );
  });

  it('is listed by customer and by payment method, newest first', () => {
    const { account, create } = anyCustomer();
    const first = create(`customer=${cus}&payment_method_types[]=card`);
    const second = create(`customer=${cus}&payment_method_types[]=card&payment_method=pm_1`);
    create('payment_method_types[]=card');
    const ids = (query: string) => dataIn(account.handle(get('setup_intents', query))).map(({ id }) => id);
    expect(ids(`customer=${cus}`)).toEqual([second['id'], first['id']]);
    expect(ids('payment_method=pm_1')).toEqual([second['id']]);
    expect(ids(`customer=${cus}&payment_method=pm_1`)).toEqual([second['id']]);
    expect(ids('')).toHaveLength(3);
    expect(ids('created[gt]=1762776000')).toEqual([]);
  });
});

describe('a SetupIntent that is declined', () => {
  it('answers 402 with the whole intent and payment method, clears it, and says why', () => {
    const { account, send } = anyCustomer();
    const body = `customer=${cus}&payment_method_types[]=card&payment_method=pm_card_chargeDeclined&confirm=true`;
    const declined = send('setup_intents', body, 'key-1');
    expect(declined.status).toBe(402);
    expect(declined.headers['stripe-should-retry']).toBe('false');
    const error = errorIn(declined);
    expect(error).toMatchObject({
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'generic_decline',
      payment_method: { object: 'payment_method', customer: null, card: { last4: '0002' } },
      setup_intent: {
        object: 'setup_intent',
        status: 'requires_payment_method',
        payment_method: null,
        last_setup_error: {
          code: 'card_declined',
          type: 'card_error',
          payment_method: { card: { last4: '0002' } },
        },
      },
    });
    expect(error).not.toHaveProperty('param');
    expect(eventTypesOf(account)).toEqual(['setup_intent.created', 'setup_intent.setup_failed']);
    expect(account.effects).toEqual([]);
    expect(send('setup_intents', body, 'key-1')).toMatchObject({ status: 402, body: declined.body });
  });

  it('repeats a code of its own as the decline code', () => {
    const { send } = anyCustomer();
    const declined = send(
      'setup_intents',
      `payment_method_types[]=card&payment_method=pm_card_chargeDeclinedExpiredCard&confirm=true`,
    );
    expect(errorIn(declined)).toMatchObject({ code: 'expired_card', decline_code: 'expired_card', param: 'exp_month' });
  });

  it('takes another payment method and then succeeds', () => {
    const { account, send } = anyCustomer();
    const body = `customer=${cus}&payment_method_types[]=card&payment_method=pm_card_chargeDeclined&confirm=true`;
    const failed = errorIn(send('setup_intents', body))['setup_intent'] as { id: string };
    expect(objectIn(send(`setup_intents/${failed.id}/confirm`, 'payment_method=pm_1'))).toMatchObject({
      status: 'succeeded',
      last_setup_error: null,
    });
    expect(account.effects).toHaveLength(1);
  });
});

describe('a SetupIntent whose cardholder must authenticate', () => {
  const body = `customer=${cus}&payment_method_types[]=card&confirm=true&payment_method=pm_card_authenticationRequiredOnSetup`;

  it('waits, and attaches when the cardholder has authenticated', () => {
    const { account, create } = anyCustomer();
    const made = create(body);
    expect(made).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } });
    expect(account.effects).toEqual([]);
    expect(account.in().authenticate(String(made['id']))).toBe(true);
    expect(objectIn(account.handle(get(`setup_intents/${String(made['id'])}`)))).toMatchObject({
      status: 'succeeded',
      next_action: null,
    });
    expect(account.effects).toMatchObject([{ effect: 'attached', requestId: null, idempotencyKey: null }]);
    expect(eventTypesOf(account)).toEqual([
      'setup_intent.created',
      'setup_intent.requires_action',
      'payment_method.attached',
      'setup_intent.succeeded',
    ]);
    expect(account.in().authenticate(String(made['id']))).toBe(false);
  });

  it('fails when the cardholder could not', () => {
    const { account, create } = anyCustomer();
    const id = String(create(body)['id']);
    account.in().authenticate(id, false);
    expect(objectIn(account.handle(get(`setup_intents/${id}`)))).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_setup_error: { code: 'setup_intent_authentication_failure', type: 'invalid_request_error' },
    });
    expect(eventTypesOf(account).at(-1)).toBe('setup_intent.setup_failed');
    expect(account.effects).toEqual([]);
  });

  it('sends the cardholder to a page where it was told whence to return', () => {
    const { create } = anyCustomer();
    const made = create(
      `${body.replace('payment_method_types[]=card&', '')}&return_url=https%3A%2F%2Fexample.com%2Fback`,
    );
    expect(made['next_action']).toMatchObject({
      type: 'redirect_to_url',
      redirect_to_url: {
        return_url: 'https://example.com/back',
        url: expect.stringContaining(`setup_intent=${String(made['id'])}`) as string,
      },
    });
  });

  it('can be canceled meanwhile', () => {
    const { account, create, send } = anyCustomer();
    const id = String(create(body)['id']);
    expect(objectIn(send(`setup_intents/${id}/cancel`))).toMatchObject({ status: 'canceled', next_action: null });
    expect(account.in().authenticate(id)).toBe(false);
  });
});

describe('what happened since a SetupIntent was made', () => {
  const types = 'payment_method_types[]=card';
  const waiting = `customer=${cus}&${types}&confirm=true&payment_method=pm_card_authenticationRequired`;

  it('counts when its cardholder authenticates: what somebody else has now is not taken from them', () => {
    const { account, create, send } = anyCustomer();
    const made = create(waiting);
    account.addCustomer('cus_Faster');
    send(`payment_methods/${String(made['payment_method'])}/attach`, 'customer=cus_Faster');
    account.in().authenticate(String(made['id']));
    expect(objectIn(account.handle(get(`setup_intents/${String(made['id'])}`)))).toMatchObject({
      status: 'requires_payment_method',
      last_setup_error: { message: 'The payment method you provided has already been attached to a customer.' },
    });
    expect(account.effects).toMatchObject([{ effect: 'attached', owner: { id: 'cus_Faster' } }]);
  });

  it.each([
    ['its customer was deleted', (account: StripeAccount) => deleteCustomer(account), 'No such customer'],
    [
      'its payment method was detached',
      (account: StripeAccount, id: string) => {
        account.handle(post(`payment_methods/${id}/attach`, `customer=${cus}`));
        account.handle(post(`payment_methods/${id}/detach`, ''));
      },
      'previously used',
    ],
  ])('counts when its cardholder authenticates: %s', (_, happen, message) => {
    const { account, create } = anyCustomer();
    const made = create(waiting);
    happen(account, String(made['payment_method']));
    const before = account.effects.length;
    account.in().authenticate(String(made['id']));
    expect(objectIn(account.handle(get(`setup_intents/${String(made['id'])}`)))).toMatchObject({
      status: 'requires_payment_method',
      last_setup_error: { message: expect.stringContaining(message) as string },
    });
    expect(account.effects).toHaveLength(before);
  });

  it.each([
    [
      'its customer was deleted',
      (account: StripeAccount) => deleteCustomer(account),
      { code: 'resource_missing', param: 'customer' },
    ],
    [
      'its payment method went to another customer',
      (account: StripeAccount) =>
        account.handle(post('payment_methods/pm_1/attach', `customer=${account.addCustomer()}`)),
      { param: 'payment_method' },
    ],
    [
      'its payment method was used up',
      (account: StripeAccount) =>
        account.handle(
          post(
            'payment_intents',
            'amount=100&currency=usd&payment_method_types[]=card&payment_method=pm_1&confirm=true',
          ),
        ),
      { message: expect.stringContaining('It may not be used again') as string },
    ],
  ])('counts when it is confirmed: %s', (_, happen, error) => {
    const { account, create, send } = anyCustomer();
    const id = String(create(`customer=${cus}&${types}&payment_method=pm_1`)['id']);
    happen(account);
    const before = account.effects.length;
    const refused = send(`setup_intents/${id}/confirm`);
    expect(refused.status).toBe(400);
    expect(errorIn(refused)).toMatchObject(error);
    expect(account.effects).toHaveLength(before);
  });
});

describe('a SetupIntent is refused', () => {
  it.each([
    ['an unknown customer', 'customer=cus_nope', { code: 'resource_missing', param: 'customer' }],
    ['a customer account too', `customer=${cus}&customer_account=acct_1`, { code: 'parameters_exclusive' }],
    ['an unknown payment method', 'payment_method=pm_nope', { code: 'resource_missing', param: 'payment_method' }],
    ['a usage that is none', 'usage=never', { message: 'Invalid usage: must be one of off_session or on_session' }],
    ['a confirmation that is neither', 'confirm=yes', { message: 'Invalid boolean: yes' }],
    ['no payment method to confirm', `${off}&confirm=true`, { code: 'setup_intent_unexpected_state' }],
    [
      'no page to return to',
      'payment_method=pm_1&confirm=true',
      { message: expect.stringContaining('you must provide a `return_url`') as string },
    ],
    [
      'another customer’s payment method',
      `customer=${cus}&payment_method=pm_Theirs`,
      {
        param: 'payment_method',
        message: `The PaymentMethod pm_Theirs does not belong to the Customer you supplied ${cus}. Please use this PaymentMethod with the Customer that it belongs to instead.`,
      },
    ],
    [
      'a customer’s payment method without the customer',
      'payment_method=pm_Theirs',
      {
        message: expect.stringContaining(
          'Please include the Customer in the `customer` parameter on the SetupIntent',
        ) as string,
      },
    ],
    [
      'a payment method that was detached',
      `customer=${cus}&payment_method=pm_Spent`,
      { message: expect.stringContaining('It may not be used again') as string },
    ],
    [
      'a type that is not among its types',
      `customer=${cus}&payment_method_types[]=card&payment_method=pm_Sepa`,
      {
        message: expect.stringContaining(
          'The PaymentMethod provided (sepa_debit) is not allowed for this SetupIntent',
        ) as string,
      },
    ],
  ])('for %s', (_, body, error) => {
    const { account, send } = anyCustomer();
    account.addPaymentMethod({ id: 'pm_Theirs', owner: { kind: 'customer', id: account.addCustomer() } });
    account.addPaymentMethod({ id: 'pm_Spent', spent: true });
    account.addPaymentMethod({ id: 'pm_Sepa', type: 'sepa_debit' });
    const refused = send('setup_intents', body);
    expect(refused.status).toBe(400);
    expect(errorIn(refused)).toMatchObject({ type: 'invalid_request_error', ...error });
    expect(dataIn(account.handle(get('setup_intents')))).toEqual([]);
    expect(eventTypesOf(account)).toEqual([]);
  });

  it('for an id that is not there, by the name of its parameter', () => {
    const missing = anyCustomer().account.handle(get('setup_intents/does%20not%20exist'));
    expect(missing.status).toBe(404);
    expect(errorIn(missing)).toMatchObject({ param: 'intent', message: "No such setupintent: 'does not exist'" });
  });
});
