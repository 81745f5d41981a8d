import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import type { WebhookDelivery } from '../../../../src/adapters/simulator/index.ts';
import { anyAccount, get, objectIn, post } from '../support.ts';

const hourMs = 60 * 60 * 1000;
const everything = 'enabled_events[]=*';

function anyListening(events = everything, options: Parameters<typeof anyAccount>[0] = {}) {
  const { account, clock } = anyAccount(options);
  account.addCustomer('cus_1');
  const endpoint = objectIn(account.handle(post('webhook_endpoints', `url=http://127.0.0.1:1/hook&${events}`)));
  const happen = (times = 1) => {
    for (let time = 0; time < times; time += 1) account.handle(post('customers', `name=${time}`));
  };
  return { account, clock, endpoint, happen, hooks: account.webhooks };
}

const eventOf = ({ body }: WebhookDelivery) =>
  JSON.parse(body) as { id: string; type: string; pending_webhooks: number; data: { object: { name: string } } };
const namesOf = (deliveries: readonly WebhookDelivery[]) => deliveries.map((one) => eventOf(one).data.object.name);

describe('a webhook', () => {
  it('carries the event as it is retrieved, and is signed so that the official SDK takes it', () => {
    const { account, happen, hooks, endpoint } = anyListening();
    happen();
    const [delivery] = hooks.due();
    expect(delivery).toMatchObject({ url: 'http://127.0.0.1:1/hook', attempt: 1, endpointId: endpoint['id'] });
    const { body = '', headers = {}, eventId = '' } = delivery ?? {};
    expect(body).toBe(account.handle(get(`events/${eventId}`)).body);
    expect(eventOf(delivery as WebhookDelivery).pending_webhooks).toBe(1);
    const signature = headers['stripe-signature'] ?? '';
    expect(signature).toMatch(/^t=1762776000,v1=[0-9a-f]{64}$/);
    const verify = (secret: string) =>
      Stripe.webhooks.constructEvent(body, signature, secret, undefined, undefined, 1762776000);
    expect(verify(String(endpoint['secret'])).id).toBe(eventId);
    expect(() => verify('whsec_wrong')).toThrow(Stripe.errors.StripeSignatureVerificationError);
  });

  it('is sent only for the events that are asked for', () => {
    const { account, happen, hooks } = anyListening('enabled_events[]=payment_method.attached');
    happen();
    expect(hooks.due()).toEqual([]);
    account.handle(post('payment_methods/pm_card_visa/attach', 'customer=cus_1'));
    expect(hooks.due().map((one) => eventOf(one).type)).toEqual(['payment_method.attached']);
  });

  it('is written in the endpoint’s version', () => {
    const { account, hooks } = anyListening(`${everything}&api_version=2026-03-25.dahlia`);
    account.handle(post('payment_methods/pm_card_visa/attach', 'customer=cus_1'));
    expect(JSON.parse(hooks.due()[0]?.body ?? '')).toMatchObject({
      api_version: '2026-03-25.dahlia',
      data: { object: { customer_account: null } },
    });
  });

  it('is not sent to an endpoint that is disabled or deleted', () => {
    const { account, happen, hooks, endpoint } = anyListening();
    happen();
    account.handle(post(`webhook_endpoints/${String(endpoint['id'])}`, 'disabled=true'));
    expect(hooks.due()).toEqual([]);
    happen();
    expect(hooks.nextDueAt).toBeNull();
    account.handle(post(`webhook_endpoints/${String(endpoint['id'])}`, 'disabled=false'));
    happen();
    account.handle({ ...get(`webhook_endpoints/${String(endpoint['id'])}`), method: 'DELETE' });
    expect(hooks.due()).toEqual([]);
  });

  it('is signed with both secrets while one is rolled, and with one after', () => {
    const { account, clock, happen, hooks, endpoint } = anyListening();
    const secret = account.in().rollWebhookSecret(String(endpoint['id']), 24 * hourMs);
    const signatures = () => hooks.due()[0]?.headers['stripe-signature']?.split(',').slice(1) ?? [];
    happen();
    expect(signatures()).toHaveLength(2);
    happen();
    const [delivery] = hooks.due();
    for (const good of [secret, endpoint['secret']]) {
      const { body = '', headers = {} } = delivery ?? {};
      const at = Math.floor(clock.ms / 1000);
      expect(() =>
        Stripe.webhooks.constructEvent(body, headers['stripe-signature'] ?? '', String(good), 300, undefined, at),
      ).not.toThrow();
    }
    clock.ms += 24 * hourMs;
    happen();
    expect(signatures()).toHaveLength(1);
    expect(account.in().rollWebhookSecret('we_nope')).toBeNull();
  });
});

describe('a delivery', () => {
  it('that is taken with any 2xx is done, and no longer pending', () => {
    const { account, happen, hooks } = anyListening();
    happen();
    const [delivery] = hooks.due();
    const pending = () => objectIn(account.handle(get(`events/${delivery?.eventId ?? ''}`)))['pending_webhooks'];
    expect(pending()).toBe(1);
    hooks.report(delivery?.id ?? '', 204);
    expect(pending()).toBe(0);
    expect(hooks.nextDueAt).toBeNull();
    expect(hooks.attempts).toMatchObject([{ eventId: delivery?.eventId, attempt: 1, status: 204 }]);
  });

  it.each([500, 302, 400, null])(
    'that is answered with %s is tried three times over a few hours in test mode',
    (status) => {
      const { clock, happen, hooks } = anyListening();
      happen();
      const attempts: number[] = [];
      const startedAt = clock.ms;
      for (let due = hooks.nextDueAt; due !== null; due = hooks.nextDueAt) {
        clock.ms = due;
        for (const delivery of hooks.due()) {
          attempts.push(delivery.attempt);
          expect(delivery.headers['stripe-signature']).toContain(`t=${Math.floor(clock.ms / 1000)},`);
          hooks.report(delivery.id, status);
        }
      }
      expect(attempts).toEqual([1, 2, 3]);
      expect(clock.ms - startedAt).toBe(3 * hourMs);
    },
  );

  it('is tried for up to three days in live mode, with growing waits', () => {
    const { account, clock } = anyAccount();
    const live = { headers: { authorization: 'Bearer sk_live_0123456789wXyZ' } };
    account.handle(post('webhook_endpoints', `url=https://example.com&${everything}`, live));
    account.handle(post('customers', '', live));
    const waits: number[] = [];
    const startedAt = clock.ms;
    const { webhooks: hooks } = account;
    for (let due = hooks.nextDueAt; due !== null; due = hooks.nextDueAt) {
      waits.push(due - clock.ms);
      clock.ms = due;
      for (const { id } of hooks.due()) hooks.report(id, null);
    }
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    expect(clock.ms - startedAt).toBeLessThanOrEqual(72 * hourMs);
    expect(clock.ms - startedAt).toBeGreaterThan(48 * hourMs);
  });

  it('that nobody reports, or that is unknown, changes nothing', () => {
    const { happen, hooks } = anyListening();
    happen();
    hooks.due();
    expect(hooks.due()).toEqual([]);
    expect(() => hooks.report('nope', 200)).not.toThrow();
  });
});

describe('on demand events are delivered', () => {
  it('several times', () => {
    const { happen, hooks } = anyListening();
    hooks.deliver({ copies: 3 });
    happen();
    const deliveries = hooks.due();
    expect(new Set(deliveries.map(({ eventId }) => eventId)).size).toBe(1);
    expect(deliveries).toHaveLength(3);
  });

  it('as two Event objects for one thing, which the list has too', () => {
    const { account, happen, hooks } = anyListening();
    hooks.deliver({ twins: true });
    happen();
    const events = hooks.due().map(eventOf);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
    expect(events[0]?.data).toEqual(events[1]?.data);
    expect(account.handle(get(`events/${events[1]?.id ?? ''}`)).status).toBe(200);
  });

  it('later', () => {
    const { clock, happen, hooks } = anyListening();
    hooks.deliver({ delayMs: 500 });
    happen();
    expect(hooks.due()).toEqual([]);
    expect(hooks.nextDueAt).toBe(clock.ms + 500);
    clock.ms += 500;
    expect(hooks.due()).toHaveLength(1);
  });

  it('in disorder, the same for the same seed', () => {
    const order = (seed: number) => {
      const { account, happen, hooks } = anyListening();
      hooks.deliver({ jitterMs: 1000, seed });
      happen(10);
      account.advance(1000);
      return namesOf(hooks.due());
    };
    expect(order(1)).not.toEqual(order(1).toSorted());
    expect(order(1).toSorted()).toEqual(order(2).toSorted());
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
  });

  it.each([
    ['inOrder', ['0', '1', '2']],
    ['reversed', ['2', '1', '0']],
  ] as const)('when they are released, %s', (order, expected) => {
    const { happen, hooks } = anyListening();
    hooks.deliver({ held: true });
    happen(3);
    expect(hooks.nextDueAt).toBeNull();
    hooks.release(order);
    expect(namesOf(hooks.due())).toEqual(expected);
    hooks.release();
    expect(hooks.due()).toEqual([]);
  });

  it('shuffled when they are released so', () => {
    const { happen, hooks } = anyListening();
    hooks.deliver({ held: true, seed: 3 });
    happen(10);
    hooks.release('shuffled');
    const names = namesOf(hooks.due());
    expect(names).not.toEqual(names.toSorted());
    expect(names.toSorted()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  it('again', () => {
    const { account, happen, hooks } = anyListening();
    happen();
    const [delivery] = hooks.due();
    hooks.report(delivery?.id ?? '', 200);
    expect(account.in().resend(delivery?.eventId ?? '')).toBe(true);
    expect(hooks.due()[0]?.eventId).toBe(delivery?.eventId);
    expect(account.in().resend('evt_nope')).toBe(false);
  });

  it('with waits of one’s own between attempts', () => {
    const { clock, happen, hooks } = anyListening();
    hooks.deliver({ retryWaitsMs: [10] });
    happen();
    hooks.report(hooks.due()[0]?.id ?? '', 500);
    expect(hooks.nextDueAt).toBe(clock.ms + 10);
    clock.ms += 10;
    hooks.report(hooks.due()[0]?.id ?? '', 500);
    expect(hooks.nextDueAt).toBeNull();
  });
});

describe('a connected account’s events', () => {
  const connected = { headers: { 'stripe-account': 'acct_1Connected' } };

  it('go to the platform’s endpoints for that, and name the account', () => {
    const { account, hooks } = anyListening();
    account.connectAccount('acct_1Connected');
    account.handle(post('webhook_endpoints', `url=http://127.0.0.1:1/connect&connect=true&${everything}`));
    account.handle(post('customers', 'name=Ada', connected));
    expect(hooks.due().map(({ url, body }) => [url, (JSON.parse(body) as { account: string }).account])).toEqual([
      ['http://127.0.0.1:1/connect', 'acct_1Connected'],
    ]);
    account.handle(post('customers', 'name=Bob'));
    expect(hooks.due().map(({ url }) => url)).toEqual(['http://127.0.0.1:1/hook']);
  });
});

describe('a webhook endpoint', () => {
  it('shows its secret once, and is changed, listed and deleted', () => {
    const { account, endpoint } = anyListening();
    const id = String(endpoint['id']);
    expect(endpoint).toMatchObject({
      object: 'webhook_endpoint',
      secret: expect.stringMatching(/^whsec_\w{32}$/) as string,
      status: 'enabled',
      enabled_events: ['*'],
    });
    const path = `webhook_endpoints/${id}`;
    const changed = account.handle(
      post(path, 'disabled=true&url=https%3A%2F%2Fexample.com&enabled_events[]=customer.*'),
    );
    expect(objectIn(changed)).toMatchObject({ status: 'disabled', url: 'https://example.com' });
    expect(objectIn(account.handle(get(path)))).not.toHaveProperty('secret');
    expect(account.handle(get('webhook_endpoints')).body).toContain(id);
    expect(objectIn(account.handle({ ...get(path), method: 'DELETE' }))).toEqual({
      id,
      object: 'webhook_endpoint',
      deleted: true,
    });
    expect(account.handle(get(path)).status).toBe(404);
  });

  it.each([
    ['enabled_events[]=*', 'url'],
    ['url=ftp%3A%2F%2Fx&enabled_events[]=*', 'url'],
    ['url=nonsense&enabled_events[]=*', 'url'],
    ['url=http%3A%2F%2Fx', 'enabled_events'],
  ])('is refused for %s', (body, param) => {
    const refused = anyAccount().account.handle(post('webhook_endpoints', body));
    expect(refused.status).toBe(400);
    expect(refused.body).toContain(`"param": "${param}"`);
  });
});
