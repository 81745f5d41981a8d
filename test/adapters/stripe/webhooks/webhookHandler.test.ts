import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FakePaymentGateway } from '../../../../src/adapters/fake/index.ts';
import { webhookHandler } from '../../../../src/adapters/stripe/index.ts';
import { aMonolith, decoded } from '../../../application/support.ts';

const secret = 'whsec_test_1';
const now = new Date('2025-11-23T12:00:00Z');
const card = { brand: 'visa', last4: '4242', exp_month: 8, exp_year: 2026, funding: 'credit', country: 'US' };
const paymentMethod = {
  id: 'pm_1',
  object: 'payment_method',
  type: 'card',
  card,
  customer: 'cus_Ana',
  livemode: false,
  created: 1679946402,
  metadata: {},
};

function anEvent(part: object = {}, data: object = { object: paymentMethod }) {
  return {
    id: 'evt_1',
    object: 'event',
    type: 'payment_method.attached',
    created: 1763899200,
    api_version: '2025-10-29.clover',
    livemode: false,
    pending_webhooks: 1,
    request: { id: 'req_9', idempotency_key: null },
    data,
    ...part,
  };
}

function delivery(event: unknown, init: { readonly signedWith?: string; readonly method?: string } = {}): Request {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  const timestamp = Math.floor(now.getTime() / 1000);
  const signature = createHmac('sha256', init.signedWith ?? secret)
    .update(`${timestamp}.${body}`)
    .digest('hex');
  const method = init.method ?? 'POST';
  return new Request('http://127.0.0.1/stripe', {
    method,
    headers: { 'stripe-signature': `t=${timestamp},v1=${signature}` },
    ...(method === 'POST' ? { body } : {}),
  });
}

function anEndpoint(options: object = {}) {
  const monolith = aMonolith();
  const errors: unknown[] = [];
  const { paymentMethods } = monolith;
  const onError = (error: unknown) => errors.push(error);
  return {
    ...monolith,
    errors,
    handle: webhookHandler({ paymentMethods, secrets: [secret], onError, now: () => now, ...options }),
  };
}

describe('the webhook handler', () => {
  it.each([[[]], [['']], [[undefined]]])('is not made with secrets that cannot be right: %j', (secrets) => {
    const message: unknown = expect.stringMatching(/^secrets must be a list/);
    expect(() => anEndpoint({ secrets })).toThrow(expect.objectContaining({ code: 'GATEWAY_MISCONFIGURED', message }));
  });

  it('takes an attachment into the trail, once however often it is delivered', async () => {
    const { handle, trail } = anEndpoint();
    for (let times = 0; times < 3; times += 1) expect((await handle(delivery(anEvent()))).status).toBe(200);
    expect(await trail()).toEqual(['PaymentMethodAttached']);
  });

  it('takes a detachment with whom it was attached to, before its attachment', async () => {
    const { handle, store } = anEndpoint();
    const gone = { object: { ...paymentMethod, customer: null }, previous_attributes: { customer: 'cus_Ana' } };
    expect((await handle(delivery(anEvent({ type: 'payment_method.detached' }, gone)))).status).toBe(200);
    expect((await decoded(store)).map(({ event }) => event)).toMatchObject([
      { type: 'PaymentMethodAttached', data: { customer: { id: 'cus_Ana' } } },
      { type: 'PaymentMethodDetached', data: { customer: { id: 'cus_Ana' } } },
    ]);
  });

  it.each([
    ['an update', 'payment_method.automatically_updated', { object: paymentMethod }],
    ['a customer who was deleted', 'customer.deleted', { object: { id: 'cus_Ana', object: 'customer' } }],
    ['a type that does not matter', 'invoice.paid', { object: { id: 'in_1' } }],
    [
      'a setup that succeeded',
      'setup_intent.succeeded',
      {
        object: {
          id: 'seti_1',
          object: 'setup_intent',
          payment_method: 'pm_1',
          metadata: { attach_payment_method_attempt_id: 'save-1' },
        },
      },
    ],
  ])('accepts %s', async (_, type, data) => {
    const { handle, errors } = anEndpoint();
    expect((await handle(delivery(anEvent({ type }, data)))).status).toBe(200);
    expect(errors).toEqual([]);
  });

  it('leaves events of other accounts, and of the other mode, to others', async () => {
    const connect = delivery(anEvent({ account: 'acct_9' }));
    const { handle, trail } = anEndpoint();
    expect((await handle(connect.clone())).status).toBe(200);
    expect(await trail()).toEqual([]);
    const theirs = anEndpoint({ account: 'acct_9' });
    await theirs.handle(connect);
    expect(await theirs.trail()).toEqual(['PaymentMethodAttached']);
    const live = anEndpoint({ livemode: true });
    expect((await live.handle(delivery(anEvent()))).status).toBe(200);
    expect(await live.trail()).toEqual([]);
  });

  it.each([
    ['signed with another secret', delivery(anEvent(), { signedWith: 'whsec_other' }), 400],
    ['that is not JSON', delivery('{'), 400],
    ['whose payment method cannot be read', delivery(anEvent({}, { object: { id: 'pm_1' } })), 400],
    [
      'whose id is a path',
      delivery(anEvent({ type: 'payment_method.updated' }, { object: { id: '../customers' } })),
      400,
    ],
    ['by GET', delivery('', { method: 'GET' }), 405],
    ['over a megabyte', delivery(`{"padding":"${'x'.repeat(1024 * 1024)}"}`), 413],
  ])('refuses a delivery %s, with nothing recorded and nothing said', async (_, request, status) => {
    const { handle, trail } = anEndpoint();
    const response = await handle(request);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe('');
    expect(await trail()).toEqual([]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('the log is full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the log is full'))],
  ])('answers all the same when onError %s', async (_, onError) => {
    const { handle } = anEndpoint({ onError });
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      expect((await handle(delivery('{'))).status).toBe(400);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it.each([
    ['a NUL', 'evt_\u0000'],
    ['half a surrogate pair', 'evt_\ud834'],
    ['a line break', 'evt_1\n'],
  ])('refuses an event with %s in its id: no trail could keep it', async (_, id) => {
    const { handle, trail, errors } = anEndpoint();
    expect((await handle(delivery(anEvent({ id })))).status).toBe(400);
    expect(errors).toMatchObject([{ code: 'WEBHOOK_INVALID', details: { problem: 'notAnEvent' } }]);
    expect(await trail()).toEqual([]);
  });

  it.each(['req_\u0000', 'req_\udc00', 'sk_test_CANARY0123456789', 'x'.repeat(256)])(
    'takes an event whose request id is %j, without it',
    async (id) => {
      const { handle, store } = anEndpoint();
      expect((await handle(delivery(anEvent({ request: { id, idempotency_key: id } })))).status).toBe(200);
      const [attached] = await decoded(store);
      expect(attached?.event).toMatchObject({ type: 'PaymentMethodAttached', data: { evidence: { requestId: null } } });
    },
  );

  it.each([
    ['brand', 'vi\u0000sa', 400],
    ['last4', '\ud834', 400],
    ['country', '\u0000', 200],
  ])('neither fails nor keeps what no trail could, as the %s of a card', async (name, text, status) => {
    const { handle, trail } = anEndpoint();
    const odd = { ...paymentMethod, card: { ...card, [name]: text } };
    expect((await handle(delivery(anEvent({}, { object: odd })))).status).toBe(status);
    expect(await trail()).toEqual(status === 200 ? ['PaymentMethodAttached'] : []);
  });

  it.each([
    ['an update', 'payment_method.updated', { object: paymentMethod }],
    [
      'a setup that succeeded',
      'setup_intent.succeeded',
      { object: { id: 'seti_1', object: 'setup_intent', payment_method: 'pm_1', customer: 'cus_Ana', metadata: {} } },
    ],
  ])(
    'answers 500, and says so, where the gateway finds no payment method of %s: it is of another account',
    async (_, type, data) => {
      const errors: unknown[] = [];
      const { account, process: newProcess, trail } = aMonolith();
      const paymentMethods = newProcess({ gateway: new FakePaymentGateway({ account, strict: true }) });
      const onError = (error: unknown) => errors.push(error);
      const handle = webhookHandler({ paymentMethods, secrets: [secret], onError, now: () => now });
      expect((await handle(delivery(anEvent({ type }, data)))).status).toBe(500);
      expect(errors).toMatchObject([{ code: 'NOT_LOOKED_UP', details: { cause: 'notFound' } }]);
      expect(await trail()).toEqual([]);
    },
  );

  it('answers 500 while the trail cannot be written, so that Stripe delivers again', async () => {
    const { process, store, trail, errors } = anEndpoint();
    const down = process({
      eventStore: {
        append: () => Promise.reject(new Error('down')),
        readStream: (stream) => store.readStream(stream),
        readTrail: () => store.readTrail(),
        readHead: () => store.readHead(),
        close: () => store.close(),
      },
    });
    const onError = (error: unknown) => errors.push(error);
    const failing = webhookHandler({ paymentMethods: down, secrets: [secret], onError, now: () => now });
    expect((await failing(delivery(anEvent()))).status).toBe(500);
    expect(errors).toHaveLength(1);
    expect(await trail()).toEqual([]);
  });
});
