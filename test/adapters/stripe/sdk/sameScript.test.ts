import Stripe from 'stripe';
import { afterEach, expect, it } from 'vitest';
import type { StripeAccount } from '../../../../src/adapters/simulator/index.ts';
import { StripeGateway } from '../../../../src/adapters/stripe/index.ts';
import { attemptIdKey } from '../../../../src/adapters/stripe/objects/setupIntent.ts';
import type { AccountId, AttemptId, CustomerReference, SetupIntentId } from '../../../../src/domain/identifiers.ts';
import { canaryKey, cus, pm } from '../samples.ts';
import { meaningOf } from './meaningOf.ts';
import { startRecordedSimulator } from './recordedSimulator.ts';
import { sdkTo } from './sdkTo.ts';

const apiVersion = '2026-03-25.dahlia';
const ana = { kind: 'customer', id: cus('cus_Ana') } as const;
const buyer = { kind: 'customerAccount', id: 'acct_Buyer' as AccountId } as const;

/** What both are made to do, each in its own words; a step that is refused goes on to the next. */
type Caller = {
  readonly attach: (id: string, customer: CustomerReference, key: string) => Promise<unknown>;
  readonly detach: (id: string, key: string) => Promise<unknown>;
  readonly setDefault: (id: string, key: string) => Promise<unknown>;
  /** answers the id of the SetupIntent */
  readonly setUp: (types: readonly string[] | null, key: string) => Promise<string>;
  readonly lookUp: (id: string) => Promise<unknown>;
  readonly lookUpCustomer: (id: string) => Promise<unknown>;
  readonly lookUpSetupIntent: (id: string) => Promise<unknown>;
  readonly list: (customer: CustomerReference, limit: number, after?: string) => Promise<unknown>;
};

/** Everything that both can do: done, done again, refused by a bank, refused by Stripe, not there. */
async function script({ attach, detach, setDefault, setUp, lookUp, ...looks }: Caller): Promise<void> {
  await attach('pm_1', ana, 'key-1');
  await attach('pm_1', ana, 'key-1');
  await attach('pm_1', ana, 'key-2');
  await attach('pm_2', ana, 'key-3');
  await attach('pm_2', ana, 'key-1');
  await attach('pm_card_visa', ana, 'key-4');
  await attach('pm_Buyer', buyer, 'key-5');
  await attach('pm_Declined', ana, 'key-6');
  await attach('pm_Spent', ana, 'key-7');
  await attach('pm_Ideal', ana, 'key-8');
  await attach('pm_Nowhere', ana, 'key-9');
  await attach('pm_3', { kind: 'customer', id: cus('cus_Nobody') }, 'key-10');
  await setDefault('pm_2', 'key-11');
  await setDefault('pm_3', 'key-12');
  await looks.lookUpCustomer('cus_Ana');
  await looks.lookUpCustomer('cus_Nobody');
  await looks.list(ana, 2);
  await looks.list(ana, 2, 'pm_2');
  await looks.list(buyer, 100);
  await looks.list({ kind: 'customer', id: cus('cus_Nobody') }, 100);
  await detach('pm_2', 'key-13');
  await detach('pm_2', 'key-14');
  await detach('pm_Nowhere', 'key-15');
  await attach('pm_2', ana, 'key-16');
  await lookUp('pm_1');
  await lookUp('pm_2');
  await lookUp('pm_Nowhere');
  const first = await setUp(null, 'key-17');
  await setUp(['card', 'sepa_debit'], 'key-18');
  await looks.lookUpSetupIntent(first);
  await looks.lookUpSetupIntent('seti_Nowhere');
}

function bySdk(url: string): Caller {
  const sdk = sdkTo(url, { apiVersion: apiVersion as Stripe.LatestApiVersion, maxNetworkRetries: 0 });
  const { paymentMethods, customers, setupIntents } = sdk;
  const refusable = (asked: Promise<unknown>) => asked.catch(expectStripeError);
  const under = (idempotencyKey: string) => ({ idempotencyKey });
  return {
    attach: (id, customer, key) => refusable(paymentMethods.attach(id, named(customer), under(key))),
    detach: (id, key) => refusable(paymentMethods.detach(id, {}, under(key))),
    setDefault: (id, key) =>
      refusable(customers.update(ana.id, { invoice_settings: { default_payment_method: id } }, under(key))),
    setUp: async (types, key) => {
      const chosen =
        types === null ? { automatic_payment_methods: { enabled: true } } : { payment_method_types: [...types] };
      const wish = { customer: ana.id, usage: 'off_session', metadata: { [attemptIdKey]: key }, ...chosen } as const;
      return (await setupIntents.create(wish, under(key))).id;
    },
    lookUp: (id) => refusable(paymentMethods.retrieve(id)),
    lookUpCustomer: (id) => refusable(customers.retrieve(id)),
    lookUpSetupIntent: (id) => refusable(setupIntents.retrieve(id)),
    list: (customer, limit, after) => {
      const page = { limit, ...(after === undefined ? {} : { starting_after: after }) };
      return refusable(
        customer.kind === 'customer'
          ? customers.listPaymentMethods(customer.id, page)
          : paymentMethods.list({ ...named(customer), ...page }),
      );
    },
  };
}

function byGateway(gateway: StripeGateway): Caller {
  const under = (idempotencyKey: string) => ({ idempotencyKey, apiVersion });
  return {
    attach: (id, customer, key) => gateway.attach({ paymentMethodId: pm(id), customer, ...under(key) }),
    detach: (id, key) => gateway.detach({ paymentMethodId: pm(id), ...under(key) }),
    setDefault: (id, key) => gateway.setDefault({ customer: ana.id, paymentMethodId: pm(id), ...under(key) }),
    setUp: async (paymentMethodTypes, key) => {
      const wish = { customer: ana, usage: 'off_session', paymentMethodTypes, attemptId: key as AttemptId } as const;
      const created = await gateway.createSetupIntent({ ...wish, ...under(key) });
      return created.answer === 'created' ? created.setupIntent.setupIntentId : created.answer;
    },
    lookUp: (id) => gateway.lookUp(pm(id)),
    lookUpCustomer: (id) => gateway.lookUpCustomer(cus(id)),
    lookUpSetupIntent: (id) => gateway.lookUpSetupIntent(id as SetupIntentId),
    list: (customer, limit, after) =>
      gateway.listPaymentMethods({ customer, limit, ...(after === undefined ? {} : { after: pm(after) }) }),
  };
}

/** The types of the SDK know no `customer_account` at its version; on the wire it takes any field. */
function named({ kind, id }: CustomerReference): Stripe.PaymentMethodAttachParams {
  return kind === 'customer' ? { customer: id } : ({ customer_account: id } as object as { customer: string });
}

function expectStripeError(error: unknown): void {
  expect(error).toBeInstanceOf(Stripe.errors.StripeError);
}

function fill(account: StripeAccount): void {
  account.addCustomer(ana.id);
  account.addCustomerAccount(buyer.id);
  for (const id of ['pm_1', 'pm_2', 'pm_3', 'pm_Buyer']) account.addPaymentMethod({ id });
  account.addPaymentMethod({ id: 'pm_Declined', decline: 'insufficient_funds' });
  account.addPaymentMethod({ id: 'pm_Spent', spent: true });
  account.addPaymentMethod({ id: 'pm_Ideal', type: 'ideal' });
}

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function run(makeCaller: (url: string) => Caller) {
  const simulator = await startRecordedSimulator();
  open.push(simulator);
  fill(simulator.account);
  await script(makeCaller(simulator.url));
  return simulator;
}

it('one script, by the official SDK and by the gateway, is the same on the wire and has the same effects', async () => {
  const theirs = await run(bySdk);
  const ours = await run((url) => {
    const gateway = new StripeGateway({ apiKey: canaryKey, apiVersion, baseUrl: url, maxTries: 1 });
    open.unshift(gateway);
    return byGateway(gateway);
  });
  const asked = (simulator: typeof ours) =>
    simulator.exchanges.map((one) => ({
      ...meaningOf(one.asked),
      under: one.asked.headers['idempotency-key'],
    }));
  expect(asked(ours)).toEqual(asked(theirs));
  const answered = (simulator: typeof ours) => simulator.exchanges.map(({ status, body }) => ({ status, body }));
  expect(answered(ours)).toEqual(answered(theirs));
  expect(ours.account.effects).toEqual(theirs.account.effects);
  expect(new Set(ours.exchanges.map(({ status }) => status))).toEqual(new Set([200, 400, 402, 404]));
  expect(ours.account.effects.map(({ effect }) => effect)).toEqual([
    'attached',
    'attached',
    'attached',
    'attached',
    'detached',
  ]);
});
