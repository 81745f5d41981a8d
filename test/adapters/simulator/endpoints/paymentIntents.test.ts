import { describe, expect, it } from 'vitest';
import { anyAccount, errorIn, eventTypesOf, get, objectIn, post } from '../support.ts';

const cus = 'cus_Payment';
const paying = `amount=2900&currency=usd&customer=${cus}&payment_method_types[]=card`;

function anyCustomer() {
  const { account } = anyAccount();
  account.addCustomer(cus);
  account.addPaymentMethod({ id: 'pm_1' });
  const send = (path: string, body = '', key?: string) =>
    account.handle(post(path, body, key === undefined ? {} : { key }));
  const create = (body: string) => objectIn(send('payment_intents', body));
  return { account, send, create };
}

describe('a PaymentIntent', () => {
  it('with setup_future_usage attaches its payment method once it is confirmed', () => {
    const { account, send, create } = anyCustomer();
    const made = create(`${paying}&payment_method=pm_1&setup_future_usage=off_session`);
    expect(made).toMatchObject({ status: 'requires_confirmation', amount: 2900, amount_received: 0 });
    expect(account.effects).toEqual([]);
    const path = `payment_intents/${String(made['id'])}`;
    expect(objectIn(send(`${path}/confirm`))).toMatchObject({
      status: 'succeeded',
      amount_received: 2900,
      setup_future_usage: 'off_session',
      latest_charge: expect.stringMatching(/^ch_3/) as string,
    });
    expect(objectIn(account.handle(get(path)))).toMatchObject({ status: 'succeeded', payment_method: 'pm_1' });
    expect(account.effects).toMatchObject([{ effect: 'attached', paymentMethodId: 'pm_1', owner: { id: cus } }]);
    expect(eventTypesOf(account)).toEqual([
      'payment_intent.created',
      'payment_method.attached',
      'payment_intent.succeeded',
    ]);
  });

  it('can be told of setup_future_usage when it is confirmed', () => {
    const { account, send, create } = anyCustomer();
    const id = String(create(paying)['id']);
    send(`payment_intents/${id}/confirm`, 'payment_method=pm_1&setup_future_usage=on_session');
    expect(account.effects).toHaveLength(1);
  });

  it('without it uses the payment method up', () => {
    const { account, send, create } = anyCustomer();
    expect(create(`${paying}&payment_method=pm_1&confirm=true`)).toMatchObject({ status: 'succeeded' });
    expect(account.effects).toEqual([]);
    expect(errorIn(send('payment_methods/pm_1/attach', `customer=${cus}`))['message']).toContain(
      'was previously used without being attached to a Customer',
    );
    const again = send('payment_intents', `${paying}&payment_method=pm_1&confirm=true`, 'key-1');
    expect(again.status).toBe(400);
    expect(again.headers['stripe-should-retry']).toBe('false');
    expect(errorIn(again)).toEqual({
      message:
        'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
      request_log_url: expect.any(String) as string,
      type: 'invalid_request_error',
    });
  });

  it('leaves alone a payment method that is attached already', () => {
    const { account, send, create } = anyCustomer();
    send('payment_methods/pm_1/attach', `customer=${cus}`);
    create(`${paying}&payment_method=pm_1&confirm=true`);
    expect(create(`${paying}&payment_method=pm_1&confirm=true`)).toMatchObject({ status: 'succeeded' });
    expect(account.effects).toHaveLength(1);
  });

  it('that is declined answers 402 with the charge, the whole intent and the payment method', () => {
    const { account, send } = anyCustomer();
    send('payment_methods/pm_card_chargeCustomerFail/attach', `customer=${cus}`);
    const id = account.effects[0]?.paymentMethodId ?? '';
    const declined = send('payment_intents', `${paying}&payment_method=${id}&confirm=true`, 'key-1');
    expect(declined.status).toBe(402);
    const error = errorIn(declined);
    const charge = error['charge'];
    expect(charge).toMatch(/^ch_3/);
    expect(error).toMatchObject({
      code: 'card_declined',
      decline_code: 'generic_decline',
      payment_method: { id, customer: cus, card: { last4: '0341', checks: { cvc_check: 'pass' } } },
      payment_intent: {
        status: 'requires_payment_method',
        payment_method: null,
        latest_charge: charge,
        last_payment_error: { charge, code: 'card_declined', payment_method: { id } },
      },
    });
    expect(error).not.toHaveProperty('param');
    expect(eventTypesOf(account).at(-1)).toBe('payment_intent.payment_failed');
    expect(send('payment_intents', `${paying}&payment_method=${id}&confirm=true`, 'key-1').body).toBe(declined.body);
  });

  it('shows which check failed', () => {
    const { send } = anyCustomer();
    const declined = send('payment_intents', `${paying}&payment_method=pm_card_cvcCheckFail&confirm=true`);
    expect(errorIn(declined)).toMatchObject({
      code: 'incorrect_cvc',
      param: 'cvc',
      payment_method: { card: { last4: '0101', checks: { cvc_check: 'fail' } } },
    });
  });

  it('waits for the cardholder on session, and is declined off session', () => {
    const { account, send, create } = anyCustomer();
    const alias = `${paying}&setup_future_usage=off_session&confirm=true&payment_method=pm_card_authenticationRequired`;
    const waiting = create(alias);
    expect(waiting).toMatchObject({ status: 'requires_action', latest_charge: null });
    expect(account.in().authenticate(String(waiting['id']))).toBe(true);
    expect(account.effects).toHaveLength(1);
    expect(errorIn(send('payment_intents', `${alias}&off_session=true`))).toMatchObject({
      type: 'card_error',
      code: 'authentication_required',
      decline_code: 'authentication_required',
    });
  });

  it('fails when the cardholder could not authenticate', () => {
    const { account, create } = anyCustomer();
    const alias = `${paying}&setup_future_usage=off_session&confirm=true&payment_method=pm_card_authenticationRequired`;
    const id = String(create(alias)['id']);
    account.in().authenticate(id, false);
    expect(objectIn(account.handle(get(`payment_intents/${id}`)))).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
  });

  it('takes from nobody what they got while the cardholder authenticated', () => {
    const { account, send, create } = anyCustomer();
    const alias = `${paying}&setup_future_usage=off_session&confirm=true&payment_method=pm_card_authenticationRequired`;
    const waiting = create(alias);
    account.addCustomer('cus_Faster');
    send(`payment_methods/${String(waiting['payment_method'])}/attach`, 'customer=cus_Faster');
    account.in().authenticate(String(waiting['id']));
    expect(account.effects).toMatchObject([{ owner: { id: 'cus_Faster' } }]);
    expect(objectIn(account.handle(get(`payment_intents/${String(waiting['id'])}`)))).toMatchObject({
      status: 'requires_payment_method',
    });
  });

  it('can still be declined once the cardholder has authenticated', () => {
    const { account, create } = anyCustomer();
    account.addPaymentMethod({ id: 'pm_Late', instrument: 'authenticationRequired', chargeDecline: 'lost_card' });
    const id = String(create(`${paying}&confirm=true&payment_method=pm_Late`)['id']);
    account.in().authenticate(id);
    expect(objectIn(account.handle(get(`payment_intents/${id}`)))).toMatchObject({
      last_payment_error: { decline_code: 'lost_card' },
    });
  });

  it('asks no more for a card that was set up', () => {
    const { account, send, create } = anyCustomer();
    const setUp = objectIn(
      send(
        'setup_intents',
        `customer=${cus}&payment_method_types[]=card&confirm=true&payment_method=pm_card_authenticationRequiredOnSetup`,
      ),
    );
    account.in().authenticate(String(setUp['id']));
    const id = account.effects[0]?.paymentMethodId ?? '';
    expect(create(`${paying}&payment_method=${id}&confirm=true&off_session=true`)).toMatchObject({
      status: 'succeeded',
    });
  });

  it.each([
    ['no amount', 'currency=usd', { code: 'parameter_missing', param: 'amount' }],
    ['no currency', 'amount=100', { code: 'parameter_missing', param: 'currency' }],
    ['an amount of nothing', 'amount=0&currency=usd', { code: 'parameter_invalid_integer', param: 'amount' }],
    ['an amount that is none', 'amount=x&currency=usd', { code: 'parameter_invalid_integer', param: 'amount' }],
    [
      'another customer’s payment method',
      `${paying}&payment_method=pm_Theirs`,
      { message: expect.stringContaining('does not belong to the Customer you supplied') as string },
    ],
  ])('is refused for %s', (_, body, error) => {
    const { account, send } = anyCustomer();
    account.addPaymentMethod({ id: 'pm_Theirs', owner: { kind: 'customer', id: account.addCustomer() } });
    const refused = send('payment_intents', body);
    expect(refused.status).toBe(400);
    expect(errorIn(refused)).toMatchObject(error);
    expect(eventTypesOf(account)).toEqual([]);
  });

  it('that is not there is 404, by the name of its parameter', () => {
    const missing = anyCustomer().account.handle(get('payment_intents/pi_nope'));
    expect(missing.status).toBe(404);
    expect(errorIn(missing)).toMatchObject({ param: 'intent', message: "No such payment_intent: 'pi_nope'" });
  });

  it('cannot be confirmed twice', () => {
    const { send, create } = anyCustomer();
    const id = String(create(`${paying}&payment_method=pm_1&confirm=true`)['id']);
    expect(errorIn(send(`payment_intents/${id}/confirm`))).toMatchObject({
      code: 'payment_intent_unexpected_state',
      message: 'You cannot confirm this PaymentIntent because it has already succeeded.',
      payment_intent: { id, status: 'succeeded' },
    });
  });
});
