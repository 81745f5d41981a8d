import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../../../src/adapters/simulator/index.ts';
import { StripeAccount } from '../../../../src/adapters/simulator/index.ts';
import { anySimulator, eventually, get, post, send } from '../support.ts';

type Answer = { readonly status: number; readonly body: Record<string, unknown> };

async function ask({ url }: Simulator, method: string, path: string, body?: unknown): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}/_simulator${path}`, { method, ...(body === undefined ? {} : { body: text }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function anySteered() {
  const account = new StripeAccount({ now: () => 1762776000000 });
  account.addCustomer('cus_1');
  account.addPaymentMethod({ id: 'pm_1' });
  const simulator = await anySimulator({ account });
  const steer = (method: string, path: string, body?: unknown) => ask(simulator, method, path, body);
  const attach = (key = 'key-1') => send(simulator, post('payment_methods/pm_1/attach', 'customer=cus_1', { key }));
  return { account, simulator, steer, attach };
}

describe('the control endpoints', () => {
  it('say what there is, and ask for no API key', async () => {
    const { steer, account } = await anySteered();
    const { status, body } = await steer('GET', '');
    expect(status).toBe(200);
    expect(body['account']).toBe(account.id);
    expect(body['endpoints']).toContain('POST /faults');
  });

  it('fill an account in either mode, and a connected one', async () => {
    const { steer, simulator } = await anySteered();
    const filled = await steer('POST', '/state', {
      connected_accounts: ['acct_1Connected'],
      account: 'acct_1Connected',
      livemode: true,
      customers: [
        { id: 'cus_Ada', name: 'Ada', account: 'acct_Ada', default_payment_method: 'pm_Ada', metadata: { a: '1' } },
      ],
      customer_accounts: ['acct_1Buyer'],
      payment_methods: [
        {
          id: 'pm_Ada',
          customer: 'cus_Ada',
          exp_month: 3,
          exp_year: 2031,
          billing_details: { email: 'ada@example.com' },
        },
        { id: 'pm_Declined', test_card: 'mastercard', decline: 'lost_card' },
        { id: 'pm_Spent', detached: true },
        { type: 'sepa_debit', customer_account: 'acct_1Buyer' },
      ],
    });
    expect(filled.body).toMatchObject({
      customers: ['cus_Ada'],
      customer_accounts: ['acct_1Buyer'],
      payment_methods: ['pm_Ada', 'pm_Declined', 'pm_Spent', expect.stringMatching(/^pm_1/) as string],
    });
    const asked = {
      headers: { authorization: 'Bearer sk_live_0123456789', 'stripe-account': 'acct_1Connected' },
      version: '2025-12-15.clover',
    };
    const shown = await send(simulator, { ...get('customers/cus_Ada', '', asked), body: undefined as never });
    expect(await shown.json()).toMatchObject({
      name: 'Ada',
      customer_account: 'acct_Ada',
      livemode: true,
      metadata: { a: '1' },
      invoice_settings: { default_payment_method: 'pm_Ada' },
    });
    const ofAda = await send(simulator, { ...get('payment_methods/pm_Ada', '', asked), body: undefined as never });
    expect(await ofAda.json()).toMatchObject({ billing_details: { email: 'ada@example.com', name: null } });
    const declined = await send(simulator, post('payment_methods/pm_Declined/attach', 'customer=cus_Ada', asked));
    expect(await declined.json()).toMatchObject({ error: { decline_code: 'lost_card' } });
    const spent = await send(simulator, post('payment_methods/pm_Spent/attach', 'customer=cus_Ada', asked));
    expect(await spent.json()).toMatchObject({ error: { message: expect.stringContaining('used') as string } });
  });

  it('script a fault, tell what waits, and forget it', async () => {
    const { steer, attach } = await anySteered();
    await steer('POST', '/faults', { fault: 'badGateway', status: 503, match: { method: 'POST', path: '/attach$' } });
    await steer('POST', '/faults', { fault: 'rateLimit', reason: null, retry_after_seconds: 3, times: 2 });
    expect((await steer('GET', '/faults')).body).toEqual({
      faults: [
        { fault: 'badGateway', status: 503, times: 1, match: { method: 'POST', path: '\\/attach$' } },
        { fault: 'rateLimit', reason: null, retry_after_seconds: 3, times: 2 },
      ],
    });
    expect((await attach()).status).toBe(503);
    const limited = await attach();
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
    await steer('DELETE', '/faults');
    expect((await attach()).status).toBe(200);
  });

  it('bring faults by chance', async () => {
    const { steer, attach } = await anySteered();
    const odds = [{ fault: { fault: 'serverError', effect: false }, probability: 1, match: { path: 'attach' } }];
    await steer('POST', '/faults/random', { seed: 1, odds });
    expect((await attach()).status).toBe(500);
  });

  it('list the effects and the requests', async () => {
    const { steer, attach, account } = await anySteered();
    const answered = await attach();
    account.faults.next({ fault: 'loseRequest' });
    await expect(attach('key-2')).rejects.toThrow();
    const request_id = answered.headers.get('request-id');
    expect((await steer('GET', '/effects')).body).toMatchObject({
      effects: [
        { effect: 'attached', payment_method_id: 'pm_1', idempotency_key: 'key-1', request_id, livemode: false },
      ],
    });
    const path = '/v1/payment_methods/pm_1/attach';
    expect((await steer('GET', '/requests')).body).toMatchObject({
      requests: [
        { method: 'POST', path, status: 200, fault: null, request_id, idempotency_key: 'key-1' },
        { method: 'POST', path, status: null, fault: 'loseRequest', request_id: null, idempotency_key: 'key-2' },
      ],
    });
  });

  it('move the clock, past an idempotency key’s day for one', async () => {
    const { steer, attach } = await anySteered();
    await attach();
    expect((await steer('GET', '/clock')).body).toEqual({ now_ms: 1762776000000 });
    const day = 24 * 60 * 60 * 1000;
    expect((await steer('POST', '/clock', { advance_ms: day })).body).toEqual({ now_ms: 1762776000000 + day });
    expect((await attach()).headers.has('idempotent-replayed')).toBe(false);
  });

  it('switch rate limits on and off', async () => {
    const { steer, attach, account } = await anySteered();
    const passed = () =>
      Array.from({ length: 40 }, () => account.handle(get('customers')).status).filter((one) => one === 200);
    await steer('POST', '/rate_limits', { enabled: true });
    expect(passed()).toHaveLength(25);
    await steer('POST', '/rate_limits', { enabled: false });
    expect(passed()).toHaveLength(40);
    await steer('POST', '/rate_limits', { live: 1, test: 1, endpoint: 1 });
    expect(passed()).toHaveLength(1);
    expect((await attach()).status).toBe(429);
  });

  it('steer webhooks: how they are delivered, when, and again', async () => {
    const { steer, account } = await anySteered();
    account.handle(post('webhook_endpoints', 'url=http%3A%2F%2F127.0.0.1%3A1&enabled_events[]=*'));
    await steer('POST', '/webhooks', { held: true, copies: 2, retry_waits_ms: [] });
    const made = account.handle(post('customers', ''));
    expect((await steer('GET', '/webhooks/attempts')).body).toEqual({ attempts: [] });
    await steer('POST', '/webhooks/release', { order: 'reversed' });
    const attempts = async () => (await steer('GET', '/webhooks/attempts')).body['attempts'] as { event_id: string }[];
    await eventually(attempts).toHaveLength(2);
    const [{ event_id } = { event_id: '' }] = await attempts();
    expect((await steer('POST', `/events/${event_id}/resend`)).status).toBe(200);
    await steer('POST', '/webhooks/release');
    await eventually(attempts).toHaveLength(4);
    expect(made.status).toBe(200);
  });

  it('roll a webhook secret', async () => {
    const { steer, account } = await anySteered();
    const endpoint = account.handle(post('webhook_endpoints', 'url=http%3A%2F%2F127.0.0.1%3A1&enabled_events[]=*'));
    const { id, secret } = JSON.parse(endpoint.body) as { id: string; secret: string };
    const rolled = await steer('POST', `/webhook_endpoints/${id}/roll`, { old_expires_in_ms: 1000 });
    expect(rolled.body['secret']).toMatch(/^whsec_/);
    expect(rolled.body['secret']).not.toBe(secret);
  });

  it('do what the bank and the cardholder do', async () => {
    const { steer, account } = await anySteered();
    await steer('POST', '/payment_methods/pm_1/automatic_update', { exp_year: 2039, last4: '1881' });
    expect(account.handle(get('payment_methods/pm_1')).body).toContain('"exp_year": 2039');
    const waiting = account.handle(
      post('setup_intents', 'payment_method_types[]=card&confirm=true&payment_method=pm_card_authenticationRequired'),
    );
    const { id } = JSON.parse(waiting.body) as { id: string };
    expect((await steer('POST', `/intents/${id}/authenticate`, { succeeds: true })).status).toBe(200);
    expect(account.handle(get(`setup_intents/${id}`)).body).toContain('"status": "succeeded"');
  });

  it('start anew', async () => {
    const { steer, attach, account } = await anySteered();
    await attach();
    account.faults.next({ fault: 'rateLimit' });
    await steer('POST', '/reset');
    expect(account.effects).toEqual([]);
    expect(account.requests).toEqual([]);
    expect(account.has('cus_1')).toBe(false);
    expect(account.faults.waiting).toEqual([]);
    expect((await attach()).status).toBe(404);
  });

  it('bring back the documented example when they start anew', async () => {
    const simulator = await anySimulator();
    simulator.account.handle(post('payment_methods/pm_1MqM05LkdIwHu7ixlDxxO6Mc/attach', 'customer=cus_NbZ8Ki3f322LNn'));
    await ask(simulator, 'POST', '/reset');
    const shown = simulator.account.handle(get('payment_methods/pm_1MqM05LkdIwHu7ixlDxxO6Mc'));
    expect(shown.body).toContain('"customer": null');
  });

  it.each([
    ['POST', '/faults', { fault: 'nope' }, 400],
    ['POST', '/faults', { fault: 'delay' }, 400],
    ['POST', '/faults', { fault: 'loseRequest', tmies: 2 }, 400],
    ['POST', '/faults', { fault: 'loseRequest', match: { path: '(' } }, 400],
    ['POST', '/faults/random', { seed: 1, odds: [{ fault: { fault: 'loseRequest' }, probability: 2 }] }, 400],
    ['POST', '/clock', { advance_ms: -1 }, 400],
    ['POST', '/state', { customers: 'all' }, 400],
    ['POST', '/state', { account: 'acct_1Stranger', customers: [{}] }, 400],
    ['POST', '/state', { payment_methods: [{ test_card: 'nope' }] }, 400],
    ['POST', '/state', 'no JSON', 400],
    ['POST', '/events/evt_nope/resend', undefined, 404],
    ['POST', '/webhook_endpoints/we_nope/roll', undefined, 404],
    ['POST', '/payment_methods/pm_nope/automatic_update', { exp_year: 2030 }, 404],
    ['POST', '/intents/seti_nope/authenticate', undefined, 404],
    ['GET', '/nope', undefined, 404],
    ['PUT', '/faults', undefined, 404],
  ])('refuse %s %s %j with %i, and say why', async (method, path, body, status) => {
    const { steer } = await anySteered();
    const refused = await steer(method, path, body);
    expect(refused.status).toBe(status);
    expect(refused.body).toMatchObject({ error: { message: expect.any(String) as string } });
  });
});
