import { describe, expect, it } from 'vitest';
import { anyAccount, errorIn, get, post } from '../support.ts';

const live = { headers: { authorization: 'Bearer sk_live_0123456789wXyZ' } };

function statuses(account: ReturnType<typeof anyAccount>['account'], count: number, request = get('customers')) {
  return Array.from({ length: count }, () => account.handle(request).status);
}

const passed = (all: readonly number[]) => all.filter((status) => status === 200).length;

describe('rate limits', () => {
  it('are off at first', () => {
    expect(passed(statuses(anyAccount().account, 200))).toBe(200);
  });

  it('let 25 requests a second through in test mode, and refuse the next with the reason', () => {
    const { account, clock } = anyAccount({ rateLimits: true });
    expect(passed(statuses(account, 30))).toBe(25);
    const refused = account.handle(get('customers'));
    expect(refused.status).toBe(429);
    expect(errorIn(refused)).toMatchObject({ type: 'invalid_request_error', code: 'rate_limit' });
    expect(refused.headers['stripe-rate-limited-reason']).toBe('global-rate');
    expect(refused.headers).not.toHaveProperty('stripe-should-retry');
    clock.ms += 200;
    expect(passed(statuses(account, 10))).toBe(5);
    clock.ms += 60_000;
    expect(passed(statuses(account, 30))).toBe(25);
  });

  it('let 100 through in live mode, of which 25 for one endpoint', () => {
    const { account } = anyAccount({ rateLimits: true });
    expect(passed(statuses(account, 30, get('customers', '', live)))).toBe(25);
    const refused = account.handle(get('customers', '', live));
    expect(refused.headers['stripe-rate-limited-reason']).toBe('endpoint-rate');
    expect(passed(statuses(account, 30, get('payment_methods', '', live)))).toBe(25);
  });

  it('come before the idempotency layer: what was refused may be tried again under its key', () => {
    const { account, clock } = anyAccount({ rateLimits: { live: 1, test: 1, endpoint: 1 } });
    const create = post('customers', 'name=Ada', { key: 'key-1' });
    expect(account.handle(create).status).toBe(200);
    expect(account.handle(create).status).toBe(429);
    clock.ms += 1000;
    expect(account.handle(create).headers['idempotent-replayed']).toBe('true');
  });

  it('can be switched on and off', () => {
    const { account } = anyAccount();
    account.limitRates({ live: 2, test: 2, endpoint: 2 });
    expect(passed(statuses(account, 5))).toBe(2);
    account.limitRates(false);
    expect(passed(statuses(account, 5))).toBe(5);
  });

  it('count each account and mode for itself', () => {
    const { account } = anyAccount({ rateLimits: { live: 1, test: 1, endpoint: 1 } });
    account.connectAccount('acct_1Connected');
    const connected = { headers: { 'stripe-account': 'acct_1Connected' } };
    expect(statuses(account, 1)).toEqual([200]);
    expect(statuses(account, 1, get('customers', '', connected))).toEqual([200]);
    expect(statuses(account, 1, get('customers', '', live))).toEqual([200]);
    expect(statuses(account, 1)).toEqual([429]);
  });
});
