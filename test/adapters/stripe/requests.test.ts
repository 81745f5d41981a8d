import { Agent } from 'undici';
import { describe, expect, it } from 'vitest';
import { useScriptedStripe } from './gatewayUnderTest.ts';
import { attachRequest, canaryKey, customerAccount, pm, stripePaymentMethod } from './samples.ts';
import { json, reset } from './scriptedServer.ts';

const stripe = useScriptedStripe();
const attachedNow = json(200, stripePaymentMethod());
describe('what goes over the wire', () => {
  it('an attach is one form-encoded POST under the version and key of the request', async () => {
    stripe.answer(attachedNow);
    await stripe.makeGateway().attach(attachRequest({ apiVersion: '2024-06-20' }));
    const request = stripe.server().received.at(-1);
    expect(request).toMatchObject({ method: 'POST', path: '/v1/payment_methods/pm_1/attach', body: 'customer=cus_1' });
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${canaryKey}`,
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': 'attach-1',
      'stripe-version': '2024-06-20',
      'user-agent': 'attach-payment-method',
    });
    expect(request?.headers).not.toHaveProperty('stripe-account');
  });

  it('a customer account is named as such', async () => {
    stripe.answer(attachedNow);
    await stripe.makeGateway().attach(attachRequest({ customer: customerAccount }));
    expect(stripe.server().received.at(-1)?.body).toBe('customer_account=acct_1');
  });

  it('a look is one GET under the version of the gateway', async () => {
    stripe.answer(attachedNow);
    await stripe.makeGateway().lookUp(pm('pm_1'));
    const request = stripe.server().received.at(-1);
    expect(request).toMatchObject({ method: 'GET', path: '/v1/payment_methods/pm_1', body: '' });
    expect(request?.headers['stripe-version']).toBe('2025-10-29.clover');
  });

  it('an id cannot leave its path segment, even one that passed no check', async () => {
    stripe.answer(json(404, {}));
    await stripe.makeGateway().attach(attachRequest({ paymentMethodId: pm('pm_1/../../charges?x#y') }));
    expect(stripe.server().received.at(-1)?.path).toBe('/v1/payment_methods/pm_1%2F..%2F..%2Fcharges%3Fx%23y/attach');
  });

  it.each(['', '.', '..'])('an id that would lead to another path is a fault: %j', async (id) => {
    const requests = await stripe.requestsDuring(async () => {
      const answer = stripe.makeGateway().attach(attachRequest({ paymentMethodId: pm(id) }));
      await expect(answer).rejects.toMatchObject({ code: 'GATEWAY_MISCONFIGURED' });
    });
    expect(requests).toHaveLength(0);
  });

  it.each([
    [{ account: 'acct_9' }, 'stripe-account', 'acct_9'],
    [{ context: 'acct_8/acct_9' }, 'stripe-context', 'acct_8/acct_9'],
  ])('%o is sent as a header', async (options, header, value) => {
    stripe.answer(attachedNow);
    await stripe.makeGateway(options).attach(attachRequest());
    expect(stripe.server().received.at(-1)?.headers[header]).toBe(value);
  });

  it('the key may be sent as the user name of Basic authentication', async () => {
    stripe.answer(attachedNow);
    await stripe.makeGateway({ auth: 'basic' }).attach(attachRequest());
    const { authorization = '' } = stripe.server().received.at(-1)?.headers ?? {};
    expect(authorization).toBe(`Basic ${Buffer.from(`${canaryKey}:`).toString('base64')}`);
    await stripe.makeGateway({ auth: 'basic', apiKey: () => canaryKey }).attach(attachRequest());
    expect(stripe.server().received.at(-1)?.headers.authorization).toBe(authorization);
  });

  it('the key is asked for anew for every call', async () => {
    stripe.answer(attachedNow);
    let asked = 0;
    const gateway = stripe.makeGateway({ apiKey: () => Promise.resolve(`sk_test_${String((asked += 1))}`) });
    await gateway.attach(attachRequest());
    await gateway.lookUp(pm('pm_1'));
    const keys = stripe
      .server()
      .received.slice(-2)
      .map(({ headers }) => headers.authorization);
    expect(keys).toEqual(['Bearer sk_test_1', 'Bearer sk_test_2']);
  });

  it('all tries of one call carry the same key, also while it is being rolled', async () => {
    stripe.answer(reset, attachedNow);
    let asked = 0;
    await stripe.makeGateway({ apiKey: () => `sk_test_${String((asked += 1))}` }).attach(attachRequest());
    const keys = stripe
      .server()
      .received.slice(-2)
      .map(({ headers }) => headers.authorization);
    expect(keys).toEqual(['Bearer sk_test_1', 'Bearer sk_test_1']);
  });

  it("the host's dispatcher is used and left open", async () => {
    stripe.answer(attachedNow);
    const dispatcher = new Agent();
    const gateway = stripe.makeGateway({ dispatcher });
    await expect(gateway.attach(attachRequest())).resolves.toMatchObject({ answer: 'attached' });
    await gateway.close();
    await expect(stripe.makeGateway({ dispatcher }).attach(attachRequest())).resolves.toMatchObject({
      answer: 'attached',
    });
    await dispatcher.close();
  });
});

describe('close', () => {
  it('lets a call in flight finish, its retries included, and leaves no connection', async () => {
    stripe.answer(reset, attachedNow);
    const gateway = stripe.makeGateway({ random: () => 0.1 });
    const answer = gateway.attach(attachRequest());
    await gateway.close();
    await expect(answer).resolves.toMatchObject({ answer: 'attached' });
    await expect.poll(() => stripe.server().connections(), { interval: 5 }).toBe(0);
  });

  it('may be repeated, and refuses later calls', async () => {
    const gateway = stripe.makeGateway();
    await Promise.all([gateway.close(), gateway.close()]);
    await expect(gateway.attach(attachRequest())).rejects.toMatchObject({ code: 'GATEWAY_MISCONFIGURED' });
  });
});
