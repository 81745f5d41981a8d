import { describe, expect, it } from 'vitest';
import { anyAccount, apiKey, errorIn, get, post } from '../support.ts';

const unknownId = get('payment_methods/pm_nope');

function withKey(authorization?: string) {
  const { authorization: _, ...headers } = unknownId.headers;
  return { ...unknownId, headers: authorization === undefined ? headers : { ...headers, authorization } };
}

describe('authentication', () => {
  it.each([
    ['a secret key by Bearer', `Bearer ${apiKey}`],
    ['a restricted key by Bearer', 'Bearer rk_test_0123456789wXyZ'],
    ['a secret key as the user of Basic', `Basic ${btoa(`${apiKey}:`)}`],
  ])('takes %s', (_, authorization) => {
    expect(anyAccount().account.handle(withKey(authorization)).status).toBe(404);
  });

  it.each([
    ['no key', undefined, 'You did not provide an API key.'],
    ['an empty user of Basic', `Basic ${btoa(':')}`, 'You did not provide an API key.'],
    ['text that is not Base64', 'Basic %%%', 'You did not provide an API key.'],
    ['a bad key', 'Bearer nonsense_0123456789wXyZ', 'Invalid API Key provided: ****wXyZ'],
  ])('refuses %s with a 401 that has no request id', (_, authorization, message) => {
    const response = anyAccount().account.handle(withKey(authorization));
    expect(response.status).toBe(401);
    expect(errorIn(response)).toMatchObject({
      type: 'invalid_request_error',
      message: expect.stringContaining(message) as string,
    });
    expect(errorIn(response)).not.toHaveProperty('code');
    expect(response.headers['www-authenticate']).toBe('Bearer realm="Stripe"');
    expect(response.headers).not.toHaveProperty('request-id');
    expect(response.headers).not.toHaveProperty('stripe-version');
  });

  it('refuses a key that expired with a 401 that says so', () => {
    const { account } = anyAccount({ expiredApiKeys: [apiKey] });
    const refused = account.handle(unknownId);
    expect(refused.status).toBe(401);
    expect(errorIn(refused)).toMatchObject({
      code: 'api_key_expired',
      message: 'Expired API Key provided: sk_test_****p7dc',
    });
  });

  it('refuses a publishable key with a 403', () => {
    const refused = anyAccount().account.handle(withKey('Bearer pk_test_0123456789'));
    expect(refused.status).toBe(403);
    expect(errorIn(refused)['code']).toBe('secret_key_required');
    expect(refused.headers).toHaveProperty('request-id');
  });

  it('takes only the listed keys where keys are listed, and masks the others', () => {
    const { account } = anyAccount({ apiKeys: ['sk_test_theOnlyGoodOne'] });
    expect(account.handle(withKey('Bearer sk_test_theOnlyGoodOne')).status).toBe(404);
    const refused = account.handle(withKey(`Bearer ${apiKey}`));
    expect(errorIn(refused)['message']).toBe('Invalid API Key provided: sk_test_****p7dc');
  });

  it('lets a read-only key read, and refuses it to write with 403', () => {
    const { account } = anyAccount({ readOnlyApiKeys: [apiKey] });
    expect(account.handle(unknownId).status).toBe(404);
    const refused = account.handle(post('payment_methods/pm_nope/attach', 'customer=cus_1'));
    expect(refused.status).toBe(403);
    expect(errorIn(refused)['message']).toBe(
      `The provided key 'sk_test_***p7dc' does not have the required permissions for this endpoint on account '${account.id}'. Having the 'rak_payment_method_write' permission would allow this request to continue.`,
    );
  });
});

describe('the headers', () => {
  it('echo the version and the connected account', () => {
    const { account } = anyAccount();
    account.connectAccount('acct_1Connected');
    const asked = { version: '2025-12-15.clover', headers: { 'stripe-account': 'acct_1Connected' } };
    const { headers, status } = account.handle(get('payment_methods', '', asked));
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'stripe-version': '2025-12-15.clover',
      'stripe-account': 'acct_1Connected',
      'cache-control': 'no-cache, no-store',
      vary: 'Origin',
      'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
      'x-stripe-routing-context-priority-tier': 'api-testmode',
      'x-stripe-priority-routing-enabled': 'true',
    });
    expect(headers['request-id']).toMatch(/^req_\w{14}$/);
  });

  it('say 2025-10-29.clover where no version was asked for', () => {
    expect(anyAccount().account.handle(unknownId).headers['stripe-version']).toBe('2025-10-29.clover');
  });

  it.each([
    ['200', post('payment_methods/pm_card_visa/attach', 'customer=cus_1')],
    ['402', post('payment_methods/pm_card_chargeDeclined/attach', 'customer=cus_1')],
    ['404', post('payment_methods/pm_nope/attach', 'customer=cus_1')],
  ])('of a %s without a key have neither should-retry nor an echo', (status, request) => {
    const { account } = anyAccount();
    account.addCustomer('cus_1');
    const response = account.handle(request);
    expect(response.status).toBe(Number(status));
    for (const name of ['stripe-should-retry', 'idempotency-key', 'original-request', 'idempotent-replayed']) {
      expect(response.headers).not.toHaveProperty(name);
    }
  });

  it('ignore a key on a GET', () => {
    expect(anyAccount().account.handle(get('customers', '', { key: 'key-1' })).headers).not.toHaveProperty(
      'idempotency-key',
    );
  });

  it('echo the key of a 404', () => {
    const response = anyAccount().account.handle(
      post('payment_methods/pm_nope/attach', 'customer=cus_1', { key: 'k' }),
    );
    expect(response.headers).toMatchObject({
      'idempotency-key': 'k',
      'original-request': response.headers['request-id'],
    });
  });
});

describe('a request that no endpoint takes', () => {
  it.each([
    ['a path that is not there', get('nope'), 404, 'Unrecognized request URL (GET: /v1/nope).'],
    ['a wrong method', post('events', '', {}), 404, 'Unrecognized request URL (POST: /v1/events).'],
    ['a version that is none', get('customers', '', { version: 'latest' }), 400, 'Invalid Stripe API version: latest'],
    [
      'a body of JSON',
      post('customers', '{}', { headers: { 'content-type': 'application/json' } }),
      400,
      'check that your POST content type is application/x-www-form-urlencoded',
    ],
  ])('is refused: %s', (_, request, status, message) => {
    const response = anyAccount().account.handle(request);
    expect(response.status).toBe(status);
    expect(errorIn(response)).toMatchObject({
      type: 'invalid_request_error',
      message: expect.stringContaining(message) as string,
    });
  });

  it.each(['%', '%2F', '__proto__', 'pm_%E0%A4%A', 'constructor'])('takes no harm from the id %s', (id) => {
    expect(anyAccount().account.handle(get(`payment_methods/${id}`)).status).toBe(404);
  });

  it.each(['__proto__[a]=1', 'a[__proto__][b]=1', 'customer[a]=1', '[]=1', 'customer[', '%', 'constructor=1'])(
    'takes no harm from the form %s',
    (form) => {
      const { account } = anyAccount();
      account.addPaymentMethod({ id: 'pm_1' });
      expect(account.handle(post('payment_methods/pm_1/attach', form)).status).toBe(400);
    },
  );
});

it('the same requests, instants and chances give the same answers', () => {
  const run = () => {
    const { account } = anyAccount({ documentedExample: true });
    const made = account.handle(post('customers', 'name=Ada', { key: 'a' }));
    const attached = account.handle(post('payment_methods/pm_card_visa/attach', 'customer=cus_NbZ8Ki3f322LNn'));
    return [made, attached, account.handle(get('customers'))];
  };
  expect(run()).toEqual(run());
});

it('ids never repeat, even when chance always answers the same', () => {
  const { account } = anyAccount({ random: () => 0 });
  const ids = Array.from({ length: 200 }, () => account.addPaymentMethod());
  expect(new Set(ids).size).toBe(200);
});
