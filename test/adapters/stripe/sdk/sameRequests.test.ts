import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import type { StripeGateway } from '../../../../src/adapters/stripe/index.ts';
import type { SetupIntentId } from '../../../../src/domain/identifiers.ts';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import {
  attachRequest,
  canaryKey,
  cus,
  customer,
  customerAccount,
  keyed,
  pm,
  setupRequest,
  stripeCustomer,
  stripeList,
  stripePaymentMethod,
  stripeSetupIntent,
} from '../samples.ts';
import type { Received } from '../scriptedServer.ts';
import { json } from '../scriptedServer.ts';
import { meaningOf } from './meaningOf.ts';
import { sdkTo } from './sdkTo.ts';

const stripe = useScriptedStripe();

const makeSdk = (config: Stripe.StripeConfig = {}) => sdkTo(stripe.server().url, config);

type Scene = {
  readonly title: string;
  readonly answer: object;
  readonly sdk: (sdk: Stripe) => Promise<unknown>;
  readonly ours: (gateway: StripeGateway) => Promise<unknown>;
};

/** The SDK's types know no `customer_account` at 2025-10-29.clover; on the wire it takes any field. */
const ofAccount = { customer_account: 'acct_1' } as object;
const page = { limit: 2, starting_after: 'pm_9' };
const seti = 'seti_1' as SetupIntentId;

const scenes: readonly Scene[] = [
  {
    title: 'attach',
    answer: stripePaymentMethod(),
    sdk: (sdk) => sdk.paymentMethods.attach('pm_1', { customer: 'cus_1' }),
    ours: (gateway) => gateway.attach(attachRequest()),
  },
  {
    title: 'attach to an account',
    answer: stripePaymentMethod(ofAccount as Record<string, unknown>),
    sdk: (sdk) => sdk.paymentMethods.attach('pm_1', ofAccount as Stripe.PaymentMethodAttachParams),
    ours: (gateway) => gateway.attach(attachRequest({ customer: customerAccount })),
  },
  {
    title: 'detach',
    answer: stripePaymentMethod({ customer: null }),
    sdk: (sdk) => sdk.paymentMethods.detach('pm_1'),
    ours: (gateway) => gateway.detach({ paymentMethodId: pm('pm_1'), ...keyed }),
  },
  {
    title: 'a new default',
    answer: stripeCustomer(),
    sdk: (sdk) => sdk.customers.update('cus_1', { invoice_settings: { default_payment_method: 'pm_1' } }),
    ours: (gateway) => gateway.setDefault({ customer: cus('cus_1'), paymentMethodId: pm('pm_1'), ...keyed }),
  },
  {
    title: 'a SetupIntent of whatever type Stripe chooses',
    answer: stripeSetupIntent(),
    sdk: (sdk) =>
      sdk.setupIntents.create({
        customer: 'cus_1',
        usage: 'off_session',
        automatic_payment_methods: { enabled: true },
        metadata: { attach_payment_method_attempt_id: 'a-1' },
      }),
    ours: (gateway) => gateway.createSetupIntent(setupRequest()),
  },
  {
    title: 'a SetupIntent of two types',
    answer: stripeSetupIntent(),
    sdk: (sdk) =>
      sdk.setupIntents.create({
        customer: 'cus_1',
        usage: 'on_session',
        payment_method_types: ['card', 'sepa_debit'],
        metadata: { attach_payment_method_attempt_id: 'a-1' },
      }),
    ours: (gateway) =>
      gateway.createSetupIntent(setupRequest({ usage: 'on_session', paymentMethodTypes: ['card', 'sepa_debit'] })),
  },
  {
    title: 'a look at a payment method',
    answer: stripePaymentMethod(),
    sdk: (sdk) => sdk.paymentMethods.retrieve('pm_1'),
    ours: (gateway) => gateway.lookUp(pm('pm_1')),
  },
  {
    title: 'a look at a customer',
    answer: stripeCustomer(),
    sdk: (sdk) => sdk.customers.retrieve('cus_1'),
    ours: (gateway) => gateway.lookUpCustomer(cus('cus_1')),
  },
  {
    title: 'a look at a SetupIntent',
    answer: stripeSetupIntent(),
    sdk: (sdk) => sdk.setupIntents.retrieve('seti_1'),
    ours: (gateway) => gateway.lookUpSetupIntent(seti),
  },
  {
    title: 'a page of a customer’s',
    answer: stripeList([]),
    sdk: (sdk) => sdk.customers.listPaymentMethods('cus_1', page),
    ours: (gateway) => gateway.listPaymentMethods({ customer, limit: 2, after: pm('pm_9') }),
  },
  {
    title: 'a page of an account’s',
    answer: stripeList([]),
    sdk: (sdk) => sdk.paymentMethods.list({ ...ofAccount, ...page }),
    ours: (gateway) => gateway.listPaymentMethods({ customer: customerAccount, limit: 2, after: pm('pm_9') }),
  },
  {
    title: 'a page of events',
    answer: stripeList([]),
    sdk: (sdk) =>
      sdk.events.list({
        limit: 2,
        types: [
          'payment_method.attached',
          'payment_method.detached',
          'payment_method.updated',
          'payment_method.automatically_updated',
          'setup_intent.succeeded',
          'customer.deleted',
        ],
        created: { gte: 1_763_900_000 },
        starting_after: 'evt_9',
      }),
    ours: (gateway) => gateway.listEvents({ createdFrom: 1_763_900_000, limit: 2, after: 'evt_9' }),
  },
];

async function requestOf(ask: () => Promise<unknown>): Promise<Received> {
  const requests = await stripe.requestsDuring(ask);
  expect(requests).toHaveLength(1);
  return requests[0] as Received;
}

describe('the official SDK and the gateway ask the same of Stripe', () => {
  it.each(scenes)('$title', async ({ answer, sdk, ours }) => {
    stripe.answer(json(200, answer));
    const theirs = meaningOf(await requestOf(() => sdk(makeSdk())));
    expect(theirs.key).toBe(canaryKey);
    expect(meaningOf(await requestOf(() => ours(stripe.makeGateway())))).toEqual(theirs);
    expect(meaningOf(await requestOf(() => ours(stripe.makeGateway({ auth: 'basic' }))))).toEqual(theirs);
  });

  it.each([
    ['a connected account', { stripeAccount: 'acct_9' }, { account: 'acct_9' }],
    ['a context', { stripeContext: 'acct_8/acct_9' }, { context: 'acct_8/acct_9' }],
    ['another version', { apiVersion: '2024-06-20' }, { apiVersion: '2024-06-20' }],
  ])('for %s', async (_title, config, options) => {
    stripe.answer(json(200, stripePaymentMethod()));
    const sdk = makeSdk(config as Stripe.StripeConfig);
    const theirs = meaningOf(await requestOf(() => sdk.paymentMethods.retrieve('pm_1')));
    expect(meaningOf(await requestOf(() => stripe.makeGateway(options).lookUp(pm('pm_1'))))).toEqual(theirs);
  });

  it('but the SDK says more of itself, and makes up its key', async () => {
    stripe.answer(json(200, stripePaymentMethod()));
    const theirs = await requestOf(() => makeSdk().paymentMethods.attach('pm_1', { customer: 'cus_1' }));
    const ours = await requestOf(() => stripe.makeGateway().attach(attachRequest()));
    const extra = Object.keys(theirs.headers).filter((name) => !(name in ours.headers));
    expect(extra.sort()).toEqual(['accept', 'x-stripe-client-user-agent']);
    expect(Object.keys(ours.headers).filter((name) => !(name in theirs.headers))).toEqual([]);
    expect(theirs.headers['user-agent']).toMatch(/^Stripe\/v1 NodeBindings\//);
    expect(ours.headers['user-agent']).toBe('attach-payment-method');
    expect(theirs.headers['idempotency-key']).toMatch(/^stripe-node-retry-/);
    expect(ours.headers['idempotency-key']).toBe('attach-1');
  });
});
