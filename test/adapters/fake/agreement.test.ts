import { afterEach, describe, expect, it } from 'vitest';
import { FakePaymentGateway } from '../../../src/adapters/fake/index.ts';
import type { ScriptedFault, Simulator } from '../../../src/adapters/simulator/index.ts';
import { StripeAccount, startSimulator } from '../../../src/adapters/simulator/index.ts';
import { StripeGateway } from '../../../src/adapters/stripe/index.ts';
import type { PaymentMethodGateway } from '../../../src/application/ports/paymentMethodGateway.ts';
import type {
  AccountId,
  AttemptId,
  CustomerId,
  CustomerReference,
  PaymentMethodId,
} from '../../../src/domain/identifiers.ts';
import type { Evidence } from '../../../src/domain/evidence.ts';

const customer = { kind: 'customer', id: 'cus_Agreed' as CustomerId } as const;

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** An account like every other of these: the same ids at the same instant. */
function anyAccount(): StripeAccount {
  const account = new StripeAccount({ now: () => 1762776000000, random: () => 0.5 });
  account.addCustomer(customer.id);
  account.addPaymentMethod({ id: 'pm_1Plain' });
  account.addPaymentMethod({ id: 'pm_1Spent', spent: true });
  account.addPaymentMethod({ id: 'pm_1Ideal', type: 'ideal' });
  account.addPaymentMethod({ id: 'pm_1Sepa', type: 'sepa_debit' });
  account.addPaymentMethod({ id: 'pm_1Elsewhere', owner: { kind: 'customer', id: account.addCustomer() } });
  return account;
}

function overHttp(simulator: Simulator, apiVersion?: string): PaymentMethodGateway {
  const gateway = new StripeGateway({
    apiKey: 'sk_test_agreed',
    apiVersion,
    baseUrl: simulator.url,
    maxTries: 1,
    deadlineMs: 1_000,
  });
  open.push(gateway, simulator);
  return gateway;
}

async function askBoth(id: string, fault?: ScriptedFault) {
  const simulator = await startSimulator({ account: anyAccount() });
  const fake = new FakePaymentGateway({ account: anyAccount(), strict: true });
  if (fault !== undefined) for (const { account } of [simulator, fake]) account.faults.next(fault);
  const ask = async (gateway: PaymentMethodGateway) => {
    const paymentMethodId = id as PaymentMethodId;
    const { apiVersion } = gateway;
    const under = (idempotencyKey: string) => ({ paymentMethodId, apiVersion, idempotencyKey });
    const answers = [
      await gateway.attach({ customer, ...under('key-1') }),
      await gateway.lookUp(paymentMethodId),
      await gateway.setDefault({ customer: customer.id, ...under('key-2') }),
      await gateway.lookUpCustomer(customer.id),
      await gateway.listPaymentMethods({ customer }),
      await gateway.detach(under('key-3')),
      await gateway.lookUpCustomer(customer.id),
      await gateway.listPaymentMethods({ customer, limit: 1 }),
      await gateway.listEvents({ createdFrom: 0 }),
      await gateway.listEvents({ createdFrom: 0, after: 'evt_Gone' }),
    ];
    return answers.map(withoutFailureNames);
  };
  return [await ask(overHttp(simulator)), await ask(fake)];
}

/** The transport names its failures in words of its own; that there was one is what must agree. */
function withoutFailureNames<Answer extends { readonly evidence: Evidence }>(answer: Answer) {
  const tries = answer.evidence.tries.map((one) => ({ ...one, failure: one.failure !== null }));
  return { ...answer, evidence: { ...answer.evidence, tries } };
}

describe('the fake and the HTTP gateway on the simulator say the same', () => {
  it.each([
    'pm_1Plain',
    'pm_1Spent',
    'pm_1Ideal',
    'pm_1Sepa',
    'pm_1Elsewhere',
    'pm_1Nowhere',
    'pm_card_visa',
    'pm_card_chargeDeclined',
    'pm_card_chargeDeclinedExpiredCard',
  ])('of %s', async (id) => {
    const [http, fake] = await askBoth(id);
    expect(fake).toEqual(http);
  });

  it.each<ScriptedFault>([
    { fault: 'loseRequest' },
    { fault: 'loseResponse' },
    { fault: 'cutBody' },
    { fault: 'stall' },
    { fault: 'serverError', effect: true },
    { fault: 'serverError', effect: false },
    { fault: 'dependencyFailed' },
    { fault: 'dependencyFailed', effect: true },
    { fault: 'badGateway', effect: true },
    { fault: 'rateLimit' },
    { fault: 'lockTimeout' },
  ])('after $fault', async (fault) => {
    const [http, fake] = await askBoth('pm_1Plain', fault);
    expect(fake).toEqual(http);
  });
});

const ana = { kind: 'customer', id: 'cus_Ana' as CustomerId } as const;
const anasAccount = { kind: 'customerAccount', id: 'acct_Ana' as AccountId } as const;
const stranger = { kind: 'customer', id: 'cus_Stranger' as CustomerId } as const;

describe('of one who is a customer and an account, they say the same', () => {
  const apiVersion = '2026-03-25.dahlia';

  async function askOf(asked: CustomerReference, gateway: PaymentMethodGateway) {
    const paymentMethodId = 'pm_1Plain' as PaymentMethodId;
    const under = (idempotencyKey: string) => ({ customer: asked, apiVersion, idempotencyKey });
    const setup = { attemptId: 'setup-1' as AttemptId, usage: 'off_session', paymentMethodTypes: null } as const;
    const created = await gateway.createSetupIntent({ ...setup, ...under('key-2') });
    if (created.answer !== 'created') throw new Error(`The SetupIntent was not created: ${JSON.stringify(created)}`);
    const attached = await gateway.attach({ paymentMethodId, ...under('key-1') });
    const page = await gateway.listPaymentMethods({ customer: asked });
    const looks: (CustomerReference | null | string)[] = [];
    for (const expected of [undefined, ana, anasAccount, stranger]) {
      const look = await gateway.lookUp(paymentMethodId, { expected });
      looks.push(look.look === 'found' ? look.paymentMethod.customer : look.look);
      const setupLook = await gateway.lookUpSetupIntent(created.setupIntent.setupIntentId, { expected });
      looks.push(setupLook.look === 'found' ? setupLook.setupIntent.customer : setupLook.look);
    }
    return { answers: [created, attached, page].map(withoutFailureNames), looks };
  }

  function anyPair(): StripeAccount {
    const account = anyAccount();
    account.addCustomer({ id: ana.id, account: anasAccount.id });
    return account;
  }

  it.each([ana, anasAccount])('asked as $id', async (asked) => {
    const http = await askOf(asked, overHttp(await startSimulator({ account: anyPair() }), apiVersion));
    const fake = await askOf(asked, new FakePaymentGateway({ account: anyPair(), strict: true, apiVersion }));
    expect(fake).toEqual(http);
    expect(http.answers[1]).toMatchObject({ answer: 'attached', paymentMethod: { customer: asked } });
    expect(http.looks).toEqual([ana, ana, ana, ana, anasAccount, anasAccount, ana, ana]);
  });
});
