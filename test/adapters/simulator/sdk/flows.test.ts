import { describe, expect, it } from 'vitest';
import { documentedExample } from '../../../../src/adapters/simulator/index.ts';
import { anySimulator, apiKey } from '../support.ts';
import type { Major, Sdk } from './sdks.ts';
import { clientOf, majors, sdks } from './sdks.ts';

const { paymentMethodId, customerId, customerAccountId } = documentedExample;

async function anySetting(major: Major) {
  const { account, url } = await anySimulator();
  return { sdk: clientOf(major, url, apiKey), account };
}

type Listed = { readonly data: readonly { readonly id: string; readonly type: string }[] };
const listed = async (answer: Promise<unknown>) => ((await answer) as Listed).data;
const fails = (asked: Promise<unknown>) =>
  asked.then(
    () => null,
    (error: unknown) => error,
  );

describe.each(majors)('with the official SDK %s', (major) => {
  it('the documented payment method is attached, in the version the SDK pins', async () => {
    const { sdk, account } = await anySetting(major);
    const options = { idempotencyKey: 'attempt-1' };
    const attached = await sdk.paymentMethods.attach(
      paymentMethodId,
      { customer: customerId, expand: ['customer'] },
      options,
    );
    const { apiVersion } = sdks[major];
    expect(attached).toMatchObject({ id: paymentMethodId, customer: { id: customerId }, card: { last4: '4242' } });
    expect(attached.lastResponse).toMatchObject({
      statusCode: 200,
      apiVersion,
      idempotencyKey: 'attempt-1',
      requestId: expect.stringMatching(/^req_\w{14}$/) as string,
    });
    expect('customer_account' in attached).toBe(apiVersion >= '2025-12-15');
    expect(account.effects).toMatchObject([{ idempotencyKey: 'attempt-1' }]);
  });

  it('a customer account takes one too, and is echoed', async () => {
    const { sdk } = await anySetting(major);
    expect(await sdk.paymentMethods.attach(paymentMethodId, { customer_account: customerAccountId })).toMatchObject({
      customer: null,
      customer_account: customerAccountId,
    });
  });

  it('a card is created, attached, made the default, updated, listed and detached', async () => {
    const { sdk } = await anySetting(major);
    const customer = await sdk.customers.create({ name: 'Ada', metadata: { team: 'a' } });
    const made = await sdk.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    await sdk.paymentMethods.attach(made.id, { customer: customer.id });
    const settings = { invoice_settings: { default_payment_method: made.id } };
    expect(await sdk.customers.update(customer.id, settings)).toMatchObject(settings);
    expect(await sdk.paymentMethods.update(made.id, { metadata: { a: '1' } })).toMatchObject({ metadata: { a: '1' } });
    const ids = (await listed(sdk.customers.listPaymentMethods(customer.id, { type: 'card' }))).map(({ id }) => id);
    expect(ids).toEqual([made.id]);
    expect(await sdk.paymentMethods.detach(made.id)).toMatchObject({ customer: null });
    expect(await sdk.customers.retrieve(customer.id)).toMatchObject({
      invoice_settings: { default_payment_method: null },
    });
    expect(await sdk.customers.del(customer.id)).toMatchObject({ deleted: true });
  });

  it('a SetupIntent is made, confirmed and listed; a declined one is a card error with the whole intent', async () => {
    const { sdk, account } = await anySetting(major);
    const params = { customer: customerId, payment_method_types: ['card'] };
    const { id } = await sdk.setupIntents.create(params);
    expect(await sdk.setupIntents.confirm(id, { payment_method: paymentMethodId })).toMatchObject({
      status: 'succeeded',
    });
    expect(account.effects).toHaveLength(1);
    expect(await listed(sdk.setupIntents.list({ customer: customerId }))).toMatchObject([{ id }]);
    const declined = await fails(
      sdk.setupIntents.create({ ...params, payment_method: 'pm_card_visa_chargeDeclined', confirm: true }),
    );
    expect(declined).toBeInstanceOf(sdks[major].sdk.errors.StripeCardError);
    expect(declined).toMatchObject({
      code: 'card_declined',
      setup_intent: { object: 'setup_intent', status: 'requires_payment_method' },
      payment_method: { object: 'payment_method' },
    });
    const open = await sdk.setupIntents.create(params);
    expect(await sdk.setupIntents.cancel(open.id)).toMatchObject({ status: 'canceled' });
    expect(await fails(sdk.setupIntents.cancel(open.id))).toMatchObject({ code: 'setup_intent_unexpected_state' });
  });

  it('a PaymentIntent with setup_future_usage attaches', async () => {
    const { sdk, account } = await anySetting(major);
    const made = await sdk.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      customer: customerId,
      payment_method: paymentMethodId,
      payment_method_types: ['card'],
      setup_future_usage: 'off_session',
    });
    expect(await sdk.paymentIntents.confirm(made.id)).toMatchObject({ status: 'succeeded' });
    expect(await sdk.paymentIntents.retrieve(made.id)).toMatchObject({ amount_received: 1000 });
    expect(account.effects).toHaveLength(1);
  });

  it('events are listed and retrieved, and a webhook’s signature is good', async () => {
    const { sdk, account } = await anySetting(major);
    const endpoint = await sdk.webhookEndpoints.create({ url: 'http://127.0.0.1:1', enabled_events: ['*'] });
    account.webhooks.deliver({ delayMs: 60_000 });
    await sdk.paymentMethods.attach(paymentMethodId, { customer: customerId }, { idempotencyKey: 'key-1' });
    const [event] = await listed(sdk.events.list({ type: 'payment_method.attached', created: { gte: 1 } }));
    expect(event).toMatchObject({ request: { idempotency_key: 'key-1' }, pending_webhooks: 1 });
    expect(await sdk.events.retrieve(event?.id ?? '')).toMatchObject({ type: 'payment_method.attached' });
    account.advance(60_000);
    const [delivery] = account.webhooks.due();
    const { secret } = endpoint as unknown as { secret: string };
    const signature = delivery?.headers['stripe-signature'] ?? '';
    // The SDK compares with the machine's clock, which the account's is a minute ahead of.
    const verified = sdks[major].sdk.webhooks.constructEvent(delivery?.body ?? '', signature, secret);
    expect(verified.id).toBe(event?.id);
  });

  it('pages are walked by themselves', async () => {
    const { sdk, account } = await anySetting(major);
    const owner = { kind: 'customer', id: customerId } as const;
    const ids = Array.from({ length: 25 }, () => account.addPaymentMethod({ owner }));
    expect(await allIdsOf(sdk)).toEqual(ids.toReversed());
  });
});

async function allIdsOf(sdk: Sdk): Promise<readonly string[]> {
  const pages = sdk.paymentMethods.list({ customer: customerId, limit: 10 }) as unknown as AsyncIterable<{
    id: string;
  }>;
  const found: string[] = [];
  for await (const { id } of pages) found.push(id);
  return found;
}
