import { describe, expect, it } from 'vitest';
import { anyAccount, errorIn, get, objectIn, post } from '../support.ts';

const connectedId = 'acct_1Connected';
const live = { headers: { authorization: 'Bearer sk_live_0123456789wXyZ' } };
const connected = { headers: { 'stripe-account': connectedId } };

function anyPlatform() {
  const { account } = anyAccount();
  account.connectAccount(connectedId);
  return account;
}

describe('live mode and test mode', () => {
  it('hold nothing in common, and say which they are', () => {
    const { account } = anyAccount();
    const made = objectIn(account.handle(post('customers', 'name=Ada', live)));
    expect(made['livemode']).toBe(true);
    expect(account.handle(get('customers')).body).toContain('"data": []');
    expect(account.in({ livemode: true }).has(String(made['id']))).toBe(true);
  });

  it.each([
    { has: 'test', asks: live, used: 'live' },
    { has: 'live', asks: {}, used: 'test' },
  ])('an object of $has mode is missing in $used mode, with a hint', ({ has, asks, used }) => {
    const { account } = anyAccount();
    const world = account.in({ livemode: has === 'live' });
    world.addPaymentMethod({ id: 'pm_1' });
    world.addCustomer('cus_1');
    const hint = `; a similar object exists in ${has} mode, but a ${used} mode key was used to make this request.`;
    const missing = account.handle(get('payment_methods/pm_1', '', asks));
    expect(missing.status).toBe(404);
    expect(errorIn(missing)).toMatchObject({
      code: 'resource_missing',
      message: `No such PaymentMethod: 'pm_1'${hint}`,
    });
    account.in({ livemode: used === 'live' }).addPaymentMethod({ id: 'pm_2' });
    const noCustomer = account.handle(post('payment_methods/pm_2/attach', 'customer=cus_1', asks));
    expect(noCustomer.status).toBe(400);
    expect(errorIn(noCustomer)).toMatchObject({ param: 'customer', message: `No such customer: 'cus_1'${hint}` });
  });

  it('live mode has no test cards, and takes nobody’s card number', () => {
    const { account } = anyAccount();
    account.in({ livemode: true }).addCustomer('cus_1');
    const alias = account.handle(post('payment_methods/pm_card_visa/attach', 'customer=cus_1', live));
    expect(errorIn(alias)['message']).toContain('a similar object exists in test mode');
    const token = account.handle(post('payment_methods', 'type=card&card[token]=tok_visa', live));
    expect(errorIn(token)['message']).toContain("No such token: 'tok_visa'; a similar object exists in test mode");
    const number = 'type=card&card[number]=4242424242424242&card[exp_month]=1&card[exp_year]=2030';
    const refused = account.handle(post('payment_methods', number, live));
    expect(refused.status).toBe(402);
    expect(refused.body).not.toContain('4242424242424242');
  });

  it('an idempotency key belongs to its mode', () => {
    const { account } = anyAccount();
    const keyed = (asked: object) => account.handle(post('customers', 'name=Ada', { key: 'key-1', ...asked }));
    expect(keyed({}).status).toBe(200);
    expect(keyed(live).headers).not.toHaveProperty('idempotent-replayed');
  });
});

describe('a connected account', () => {
  it('holds its own objects, by Stripe-Account or by Stripe-Context', () => {
    const account = anyPlatform();
    const made = objectIn(account.handle(post('customers', 'name=Ada', connected)));
    const path = `customers/${String(made['id'])}`;
    expect(account.handle(get(path)).status).toBe(404);
    expect(account.handle(get(path, '', connected)).status).toBe(200);
    const context = (value: string) => ({ headers: { 'stripe-context': value } });
    expect(account.handle(get(path, '', context(connectedId))).status).toBe(200);
    expect(account.handle(get(path, '', context(`${account.id}/${connectedId}`))).status).toBe(200);
  });

  it.each(['stripe-account', 'stripe-context'])('that is none of the platform’s is refused with 403: %s', (name) => {
    const refused = anyPlatform().handle(get('customers', '', { headers: { [name]: 'acct_1Stranger' } }));
    expect(refused.status).toBe(403);
    expect(errorIn(refused)).toMatchObject({
      type: 'invalid_request_error',
      code: 'account_invalid',
      message: expect.stringContaining("does not have access to account 'acct_1Stranger'") as string,
    });
  });

  it('may be named only once', () => {
    const both = { headers: { 'stripe-account': connectedId, 'stripe-context': connectedId } };
    expect(anyPlatform().handle(get('customers', '', both)).status).toBe(400);
  });

  it('may be the platform itself', () => {
    const account = anyPlatform();
    const own = { headers: { 'stripe-account': account.id } };
    const made = objectIn(account.handle(post('customers', 'name=Ada', own)));
    expect(account.has(String(made['id']))).toBe(true);
  });

  it.each([
    { title: 'in the path', status: 404, request: get('payment_methods/pm_1', '', connected) },
    { title: 'in a body', status: 400, request: post('customers', 'payment_method=pm_1', connected) },
  ])('a payment method of the platform’s is missing there, and the message says whose it is: $title', (row) => {
    const account = anyPlatform();
    account.addPaymentMethod({ id: 'pm_1' });
    const missing = account.handle(row.request);
    expect(missing.status).toBe(row.status);
    expect(errorIn(missing)).toMatchObject({
      code: 'resource_missing',
      param: 'payment_method',
      message:
        "No such PaymentMethod: 'pm_1'; OAuth key or Stripe-Account header was used but API request was provided with a platform-owned payment method ID. Please ensure that the provided payment method matches the specified account.",
    });
  });

  it('a platform is told where else a payment method may be; of a customer it is not', () => {
    const account = anyPlatform();
    expect(errorIn(account.handle(get('payment_methods/abcd')))['message']).toBe(
      "No such PaymentMethod: 'abcd'; It's possible this PaymentMethod exists on one of your connected accounts, in which case you should retry this request on that connected account. Learn more at https://stripe.com/docs/connect/authentication",
    );
    expect(errorIn(account.handle(get('customers/cus_nope')))['message']).toBe("No such customer: 'cus_nope'");
  });

  it('its effects say where they happened', () => {
    const account = anyPlatform();
    account.in({ account: connectedId }).addCustomer('cus_1');
    account.handle(post('payment_methods/pm_card_visa/attach', 'customer=cus_1', connected));
    expect(account.effects).toMatchObject([{ accountId: connectedId, livemode: false }]);
  });

  it('cannot be filled before it is connected', () => {
    expect(() => anyAccount().account.in({ account: connectedId })).toThrow(/connectAccount/);
  });
});
