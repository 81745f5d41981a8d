import { describe, expect, it } from 'vitest';
import { anyAccount, dataIn, errorIn, eventTypesOf, get, objectIn, post } from '../support.ts';

const cus = 'cus_Events';

function anyCustomer() {
  const { account, clock } = anyAccount();
  account.addCustomer(cus);
  account.addPaymentMethod({ id: 'pm_1' });
  const send = (path: string, body = '', key?: string) =>
    account.handle(post(path, body, key === undefined ? {} : { key }));
  const attach = (id: string, key?: string) => send(`payment_methods/${id}/attach`, `customer=${cus}`, key);
  const events = (query = '') => dataIn(account.handle(get('events', query)));
  return { account, clock, send, attach, events };
}

describe('an event', () => {
  it('tells of an attach, with the request that caused it, in the account’s version', () => {
    const { account, send, events } = anyCustomer();
    const attached = account.handle(
      post('payment_methods/pm_1/attach', `customer=${cus}`, { key: 'key-1', version: '2026-03-25.dahlia' }),
    );
    const [event] = events();
    expect(event).toEqual({
      id: expect.stringMatching(/^evt_1\w{23}$/) as string,
      object: 'event',
      api_version: '2025-10-29.clover',
      created: 1762776000,
      data: { object: objectIn(account.handle(get('payment_methods/pm_1'))) },
      livemode: false,
      pending_webhooks: 0,
      request: { id: attached.headers['request-id'], idempotency_key: 'key-1' },
      type: 'payment_method.attached',
    });
    send('payment_methods/pm_1/detach');
    expect(objectIn(account.handle(get(`events/${String(event?.['id'])}`)))).toEqual(event);
  });

  it('tells of a detach whose it was', () => {
    const { send, attach, events } = anyCustomer();
    attach('pm_1');
    send('payment_methods/pm_1/detach');
    expect(events()[0]).toMatchObject({
      type: 'payment_method.detached',
      data: { object: { id: 'pm_1', customer: null }, previous_attributes: { customer: cus } },
      request: { idempotency_key: null },
    });
    expect(events()[0]?.['data']).toHaveProperty('previous_attributes', { customer: cus });
  });

  it('is made of everything that happens, in its order', () => {
    const { account, send, attach } = anyCustomer();
    attach('pm_1');
    send(`customers/${cus}`, 'invoice_settings[default_payment_method]=pm_1');
    send('payment_methods/pm_1', 'card[exp_year]=2031');
    send('payment_methods/pm_1/detach');
    send('customers', 'payment_method=pm_card_visa');
    account.handle({ ...post(`customers/${cus}`, ''), method: 'DELETE' });
    expect(eventTypesOf(account)).toEqual([
      'payment_method.attached',
      'customer.updated',
      'payment_method.updated',
      'payment_method.detached',
      'customer.updated',
      'customer.created',
      'payment_method.attached',
      'customer.deleted',
    ]);
  });

  it.each([
    ['a payment method is created', 'payment_methods', 'type=card&card[token]=tok_visa'],
    ['an attach is repeated', 'payment_methods/pm_1/attach', `customer=${cus}`],
    ['an attach is declined', 'payment_methods/pm_card_chargeDeclined/attach', `customer=${cus}`],
    ['a customer is updated to what it is', `customers/${cus}`, 'name='],
    ['a payment method is updated to what it is', 'payment_methods/pm_1', 'allow_redisplay=unspecified'],
  ])('is not made where %s', (_, path, body) => {
    const { send, attach, events } = anyCustomer();
    attach('pm_1');
    send(path, body);
    expect(events()).toHaveLength(1);
  });

  it('tells what was there before, as deep as it changed', () => {
    const { account, send, attach, events } = anyCustomer();
    attach('pm_1');
    send(`customers/${cus}`, 'invoice_settings[default_payment_method]=pm_1&name=Ada&metadata[a]=1');
    expect(events()[0]?.['data']).toHaveProperty('previous_attributes', {
      invoice_settings: { default_payment_method: null },
      metadata: { a: null },
      name: null,
    });
    send('payment_methods/pm_1', 'card[exp_month]=3&billing_details[address][city]=Rome');
    expect(events()[0]).toMatchObject({
      type: 'payment_method.updated',
      data: { object: { card: { exp_month: 3 }, billing_details: { address: { city: 'Rome' } } } },
    });
    expect(events()[0]?.['data']).toHaveProperty('previous_attributes', {
      billing_details: { address: { city: null } },
      card: { exp_month: 11 },
    });
    account.in().updateCard('pm_1', { expYear: 2033, last4: '1111' });
    expect(events()[0]).toMatchObject({
      type: 'payment_method.automatically_updated',
      request: { id: null, idempotency_key: null },
    });
    expect(events()[0]?.['data']).toHaveProperty('previous_attributes', { card: { exp_year: 2026, last4: '4242' } });
  });

  it('of a deleted customer carries all of it, its default cleared', () => {
    const { account, send, attach, events } = anyCustomer();
    attach('pm_1');
    send(`customers/${cus}`, 'invoice_settings[default_payment_method]=pm_1&email=a%40example.com');
    account.handle({ ...post(`customers/${cus}`, ''), method: 'DELETE' });
    expect(events()[0]).toMatchObject({
      type: 'customer.deleted',
      data: {
        object: {
          id: cus,
          email: 'a@example.com',
          invoice_settings: { default_payment_method: null },
          created: 1762776000,
        },
      },
    });
    expect(events()[0]?.['data']).not.toHaveProperty('object.deleted');
  });

  it('is forgotten after thirty days', () => {
    const { clock, send, events } = anyCustomer();
    send('customers', 'name=Ada');
    clock.ms += 30 * 24 * 60 * 60 * 1000 - 1000;
    send('customers', 'name=Bob');
    expect(events()).toHaveLength(2);
    clock.ms += 1000;
    send('customers', 'name=Cyd');
    expect(events()).toHaveLength(2);
  });

  it('that is not there is 404', () => {
    const missing = anyCustomer().account.handle(get('events/evt_nope'));
    expect(missing.status).toBe(404);
    expect(errorIn(missing)).toMatchObject({
      code: 'resource_missing',
      param: 'id',
      message: "No such event: 'evt_nope'",
    });
  });
});

describe('the list of events', () => {
  function anyHistory() {
    const { account, clock, send, attach, events } = anyCustomer();
    for (let second = 0; second < 6; second += 1) {
      attach(account.addPaymentMethod());
      send('customers', `name=${second}`);
      clock.ms += 1000;
    }
    return { account, events };
  }

  it('is newest first, and walked in pages in both directions', () => {
    const { account, events } = anyHistory();
    const all = events('limit=100').map(({ id }) => id);
    const page = (query: string) => events(query).map(({ id }) => id);
    expect(all).toHaveLength(12);
    expect(page('limit=5')).toEqual(all.slice(0, 5));
    expect(page(`limit=5&starting_after=${String(all[4])}`)).toEqual(all.slice(5, 10));
    expect(page(`limit=5&ending_before=${String(all[10])}`)).toEqual(all.slice(5, 10));
    expect(page(`limit=5&ending_before=${String(all[3])}`)).toEqual(all.slice(0, 3));
    const listed = (query: string) => objectIn(account.handle(get('events', query)));
    expect(listed('limit=12')).toMatchObject({ object: 'list', has_more: false, url: '/v1/events' });
    expect(listed('limit=11')).toMatchObject({ has_more: true });
    expect(listed(`limit=2&ending_before=${String(all[3])}`)).toMatchObject({ has_more: true });
  });

  it.each([
    ['type=payment_method.attached', 6],
    ['types[]=payment_method.attached&types[]=customer.created', 12],
    ['types[0]=customer.created&types[1]=customer.deleted', 6],
    ['type=payment_method.*', 6],
    ['type=customer.deleted', 0],
    ['created[gte]=1762776004', 4],
    ['created[gt]=1762776004', 2],
    ['created[lte]=1762776001', 4],
    ['created[lt]=1762776001', 2],
    ['created=1762776003', 2],
    ['created[gt]=1762776001&created[lt]=1762776004&type=customer.created', 2],
  ])('holds what %s asks for', (query, count) => {
    const found = anyHistory().events(`limit=100&${query}`);
    expect(found).toHaveLength(count);
    const created = found.map((event) => Number(event['created']));
    expect(created).toEqual(created.toSorted((one, other) => other - one));
  });

  it('is bounded by instants in the other direction too', () => {
    const { events } = anyHistory();
    const newest = String(events()[0]?.['id']);
    expect(events(`limit=100&created[gt]=1762776003&ending_before=${newest}`)).toHaveLength(0);
    const oldest = String(events('limit=100').at(-1)?.['id']);
    expect(events(`limit=100&created[gt]=1762776003&ending_before=${oldest}`)).toHaveLength(4);
  });

  it('of several types is in the order of what happened', () => {
    const { events } = anyHistory();
    expect(events('limit=100&types[]=customer.created&types[]=payment_method.attached')).toEqual(events('limit=100'));
  });

  it.each([
    ['type=a&types[]=b', { code: 'parameters_exclusive' }],
    ['created[gte]=x', { code: 'parameter_invalid_integer', param: 'created[gte]' }],
    ['created[nope]=1', { code: 'parameter_unknown', param: 'created[nope]' }],
    ['starting_after=evt_nope', { code: 'resource_missing', param: 'starting_after' }],
    ['ending_before=evt_nope', { code: 'resource_missing', param: 'ending_before' }],
    ['starting_after=evt_1&ending_before=evt_2', { code: 'parameters_exclusive' }],
    ['limit=101', { code: 'parameter_invalid_integer', param: 'limit' }],
  ])('refuses %s', (query, error) => {
    const refused = anyHistory().account.handle(get('events', query));
    expect(refused.status).toBe(400);
    expect(errorIn(refused)).toMatchObject(error);
  });
});
