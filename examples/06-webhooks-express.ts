import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PaymentMethods, randomIds, systemClock } from 'attach-payment-method';
import { webhookHandler } from 'attach-payment-method/stripe';
import { FakePaymentGateway, InMemoryEventStore } from 'attach-payment-method/testing';
import express from 'express';
import { deliver } from './support/deliver.ts';

const secret = 'whsec_example';
const gateway = new FakePaymentGateway();
const eventStore = new InMemoryEventStore();
const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });

// #region express
const handle = webhookHandler({ paymentMethods, secrets: [secret], onError: () => console.log('refused one') });
const app = express();
// express.raw, and before any express.json(): the signature is over the bytes as they arrived.
app.post('/stripe/webhooks', express.raw({ type: '*/*', limit: '1mb' }), async (request, response) => {
  const headers = { 'stripe-signature': request.get('stripe-signature') ?? '' };
  const body = request.body as Buffer<ArrayBuffer>;
  const { status } = await handle(new Request('http://host/', { method: 'POST', headers, body }));
  response.sendStatus(status);
});
// #endregion express

const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
await deliver(`http://127.0.0.1:${port}/stripe/webhooks`, secret, 'pm_1', 'cus_1');
await deliver(`http://127.0.0.1:${port}/stripe/webhooks`, 'whsec_wrong', 'pm_2', 'cus_1');
console.log((await paymentMethods.history('pm_1')).state.status, (await paymentMethods.history('pm_2')).state.status);
server.close();
