import { PaymentMethods, randomIds, systemClock } from 'attach-payment-method';
import { webhookHandler } from 'attach-payment-method/stripe';
import { FakePaymentGateway, InMemoryEventStore } from 'attach-payment-method/testing';
import Fastify from 'fastify';
import { deliver } from './support/deliver.ts';

const secret = 'whsec_example';
const gateway = new FakePaymentGateway();
const eventStore = new InMemoryEventStore();
const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });
const fastify = Fastify();

// #region fastify
const handle = webhookHandler({ paymentMethods, secrets: [secret] });
await fastify.register(async (stripe) => {
  // Within this scope alone the body stays bytes: the signature is over them as they arrived.
  stripe.removeAllContentTypeParsers();
  stripe.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  stripe.post<{ Body: Buffer<ArrayBuffer> }>('/stripe/webhooks', async (request, reply) => {
    const headers = { 'stripe-signature': String(request.headers['stripe-signature']) };
    const { status } = await handle(new Request('http://host/', { method: 'POST', headers, body: request.body }));
    return reply.code(status).send();
  });
});
// #endregion fastify

const url = await fastify.listen({ port: 0, host: '127.0.0.1' });
await deliver(`${url}/stripe/webhooks`, secret, 'pm_1', 'cus_1');
await deliver(`${url}/stripe/webhooks`, 'whsec_wrong', 'pm_2', 'cus_1');
console.log((await paymentMethods.history('pm_1')).state.status, (await paymentMethods.history('pm_2')).state.status);
await fastify.close();
