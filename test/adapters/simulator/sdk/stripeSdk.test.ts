import Stripe from 'stripe';
import { expect, it } from 'vitest';
import { documentedExample } from '../../../../src/adapters/simulator/index.ts';
import { anySimulator, apiKey } from '../support.ts';

const { paymentMethodId, customerId } = documentedExample;

async function anyClient() {
  const simulator = await anySimulator();
  const port = new URL(simulator.url).port;
  const stripe = new Stripe(apiKey, { host: '127.0.0.1', port, protocol: 'http' });
  return { simulator, stripe };
}

it('the official SDK attaches, and sees what Stripe would send', async () => {
  const { stripe, simulator } = await anyClient();
  const attached = await stripe.paymentMethods.attach(
    paymentMethodId,
    { customer: customerId, expand: ['customer'] },
    { idempotencyKey: 'attempt-1' },
  );
  expect(attached).toMatchObject({ id: paymentMethodId, customer: { id: customerId }, card: { last4: '4242' } });
  expect(attached.lastResponse).toMatchObject({ apiVersion: '2025-10-29.clover', idempotencyKey: 'attempt-1' });
  expect(simulator.account.effects).toMatchObject([{ idempotencyKey: 'attempt-1' }]);
});

it('the official SDK sees a decline as a card error', async () => {
  const { stripe } = await anyClient();
  const declined = await stripe.paymentMethods
    .attach('pm_card_chargeDeclined', { customer: customerId })
    .catch((error: unknown) => error);
  expect(declined).toBeInstanceOf(Stripe.errors.StripeCardError);
  expect(declined).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: 'generic_decline' });
});

it('the official SDK sees an unknown payment method as an invalid request', async () => {
  const { stripe } = await anyClient();
  const missing = await stripe.paymentMethods
    .attach('pm_nope', { customer: customerId })
    .catch((error: unknown) => error);
  expect(missing).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
  expect(missing).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'payment_method' });
});

it('the official SDK retries a lock timeout under the same key', async () => {
  const { stripe, simulator } = await anyClient();
  simulator.account.faults.next({ fault: 'lockTimeout' });
  await stripe.paymentMethods.attach(paymentMethodId, { customer: customerId });
  expect(simulator.account.effects).toHaveLength(1);
});

it('the official SDK creates, sets as default, lists and detaches', async () => {
  const { stripe } = await anyClient();
  const customer = await stripe.customers.create({ name: 'Ada', metadata: { team: 'a' } });
  const made = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
  await stripe.paymentMethods.attach(made.id, { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: made.id } });
  const listed = await stripe.paymentMethods
    .list({ customer: customer.id, type: 'card' })
    .autoPagingToArray({ limit: 10 });
  expect(listed.map(({ id }) => id)).toEqual([made.id]);
  expect(await stripe.paymentMethods.detach(made.id)).toMatchObject({ customer: null });
});
