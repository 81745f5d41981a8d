import { describe, expect, it } from 'vitest';
import { anyAccount, errorIn, post } from '../support.ts';

const pm = 'pm_1Idempotent';
const cus = 'cus_Idempotent';
const hourMs = 60 * 60 * 1000;

function anyPair() {
  const { account, clock } = anyAccount();
  account.addCustomer(cus);
  account.addPaymentMethod({ id: pm });
  return { account, clock };
}

const attach = (body = `customer=${cus}`, id = pm) => post(`payment_methods/${id}/attach`, body, { key: 'key-1' });

describe('a request under a key that was used before', () => {
  it('is answered with the saved outcome, and says so', () => {
    const { account } = anyPair();
    const first = account.handle(attach());
    const second = account.handle(attach());
    expect(first.headers).toMatchObject({
      'idempotency-key': 'key-1',
      'original-request': first.headers['request-id'],
      'stripe-should-retry': 'false',
    });
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(second).toMatchObject({ status: 200, body: first.body });
    expect(second.headers).toMatchObject({
      'idempotency-key': 'key-1',
      'idempotent-replayed': 'true',
      'original-request': first.headers['request-id'],
      'stripe-should-retry': 'false',
    });
    expect(second.headers['request-id']).not.toBe(first.headers['request-id']);
  });

  it('is answered with what was true then, even after a detach', () => {
    const { account } = anyPair();
    const first = account.handle(attach());
    account.handle(post(`payment_methods/${pm}/detach`, ''));
    expect(account.handle(attach())).toMatchObject({ status: 200, body: first.body });
    expect(account.effects).toHaveLength(2);
  });

  it('makes no second payment method of an alias', () => {
    const { account } = anyPair();
    const first = account.handle(attach(undefined, 'pm_card_visa'));
    expect(account.handle(attach(undefined, 'pm_card_visa')).body).toBe(first.body);
    expect(account.effects).toHaveLength(1);
  });

  it('gets the same decline, also when the card has been mended', () => {
    const { account } = anyPair();
    account.addPaymentMethod({ id: pm, decline: 'generic_decline' });
    const first = account.handle(attach());
    account.addPaymentMethod({ id: pm });
    const second = account.handle(attach());
    expect(second).toMatchObject({ status: 402, body: first.body });
    expect(second.headers['idempotent-replayed']).toBe('true');
  });

  it('gets the same 500, whether or not the effect happened', () => {
    const { account } = anyPair();
    account.faults.next({ fault: 'serverError', effect: true });
    const delivered = account.receive(attach()).finish();
    expect(delivered).toMatchObject({ delivery: 'whole', response: { status: 500 } });
    expect(account.handle(attach())).toMatchObject({
      status: 500,
      headers: { 'idempotent-replayed': 'true', 'stripe-should-retry': 'false' },
    });
    expect(account.effects).toHaveLength(1);
  });

  it.each([
    ['an unknown payment method', attach(undefined, 'pm_later'), 404],
    ['an unknown customer', attach('customer=cus_later'), 400],
  ])('is executed anew when the first was refused for %s', (_, request, status) => {
    const { account } = anyPair();
    expect(account.handle(request).status).toBe(status);
    account.addCustomer('cus_later');
    account.addPaymentMethod({ id: 'pm_later' });
    const second = account.handle(request);
    expect(second.status).toBe(200);
    expect(second.headers).not.toHaveProperty('idempotent-replayed');
  });

  it('is 400 with other parameters', () => {
    const { account } = anyPair();
    account.handle(attach());
    const response = account.handle(attach(`customer=${account.addCustomer()}`));
    expect(response.status).toBe(400);
    expect(errorIn(response)).toMatchObject({
      type: 'idempotency_error',
      message:
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than 'key-1' if you meant to execute a different request.",
    });
    expect(errorIn(response)).not.toHaveProperty('code');
    expect(response.headers).not.toHaveProperty('stripe-should-retry');
  });

  it('is 400 on another path', () => {
    const { account } = anyPair();
    account.handle(attach());
    const response = account.handle(attach(undefined, 'pm_card_visa'));
    expect(response.status).toBe(400);
    expect(errorIn(response)).toMatchObject({
      type: 'idempotency_error',
      message: expect.stringContaining(
        `('/v1/payment_methods/${pm}/attach' vs '/v1/payment_methods/pm_card_visa/attach')`,
      ) as string,
    });
  });

  it('is 409 while the first is in flight, and replayed after it', () => {
    const { account } = anyPair();
    account.faults.next({ fault: 'delay', ms: 50 });
    const first = account.receive(attach());
    const second = account.handle(attach());
    expect(second.status).toBe(409);
    expect(errorIn(second)).toMatchObject({
      type: 'invalid_request_error',
      code: 'idempotency_key_in_use',
      message:
        'There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): key-1. Please try again later.',
    });
    expect(first.delayMs).toBe(50);
    expect(account.effects).toEqual([]);
    first.finish();
    expect(account.handle(attach()).headers['idempotent-replayed']).toBe('true');
  });

  it('runs as new after 24 hours by the account’s clock, and not before', () => {
    const { account, clock } = anyPair();
    account.handle(attach());
    clock.ms += 24 * hourMs - 1;
    expect(account.handle(attach()).headers['idempotent-replayed']).toBe('true');
    clock.ms += 1;
    expect(account.handle(attach()).headers).not.toHaveProperty('idempotent-replayed');
    expect(account.effects).toHaveLength(1);
  });
});

it('a key of 255 characters is good, and a longer one is not', () => {
  const { account } = anyPair();
  const under = (key: string) =>
    account.handle(post(`payment_methods/${pm}/attach`, `customer=${cus}`, { key })).status;
  expect(under('k'.repeat(255))).toBe(200);
  expect(under('k'.repeat(256))).toBe(400);
});

it('a rate limit comes before the idempotency layer, and so is forgotten', () => {
  const { account } = anyPair();
  account.handle(attach());
  account.faults.next({ fault: 'rateLimit' });
  const limited = account.receive(attach()).finish();
  expect(limited).toMatchObject({
    response: { status: 429, headers: { 'stripe-rate-limited-reason': 'global-rate' } },
  });
  expect(account.handle(attach()).status).toBe(200);
});

it('a lock timeout asks to be tried again, and the next try under its key is executed', () => {
  const { account } = anyPair();
  account.faults.next({ fault: 'lockTimeout' });
  expect(account.receive(attach()).finish()).toMatchObject({
    response: { status: 429, headers: { 'stripe-should-retry': 'true' } },
  });
  expect(account.handle(attach()).status).toBe(200);
});
