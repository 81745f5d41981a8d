// #region webhook
import { webhookHandler } from 'attach-payment-method/stripe';
import { assertRecorded, signatureHeader, testPaymentMethods } from 'attach-payment-method/testing';
import { expect, it } from 'vitest';

const secrets = ['whsec_test'];

/** A delivery as Stripe makes it: signed over the very text that is sent. */
function delivery(type: string, object: object): Request {
  const timestamp = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type,
    created: timestamp,
    livemode: false,
    data: { object },
  });
  const headers = { 'stripe-signature': signatureHeader({ secrets, timestamp, body }) };
  return new Request('http://host/stripe/webhooks', { method: 'POST', headers, body });
}

it('records what somebody attached in the Dashboard', async () => {
  const { paymentMethods, gateway, eventStore } = testPaymentMethods();
  const route = webhookHandler({ paymentMethods, secrets }); // or your own route, with these payment methods
  gateway.account.addPaymentMethod({
    id: 'pm_1',
    owner: { kind: 'customer', id: gateway.account.addCustomer('cus_1') },
  });
  const { status } = await route(delivery('payment_method.updated', { id: 'pm_1', object: 'payment_method' }));
  expect(status).toBe(200);
  await assertRecorded(eventStore, ['PaymentMethodAttached']);
});
// #endregion webhook
