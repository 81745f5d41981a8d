import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import type { Effect } from '../adapters/simulator/index.ts';
import { StripeAccount } from '../adapters/simulator/index.ts';
import { isPaymentMethodsError } from '../application/errors.ts';
import type { AttachRequest, PaymentMethodGateway } from '../application/ports/paymentMethodGateway.ts';
import type { CustomerReference, PaymentMethodId } from '../domain/identifiers.ts';
import { isAccountId, isCustomerId, isPaymentMethodId } from '../domain/identifiers.ts';
import type { Evidence } from '../domain/evidence.ts';
import type { ContractCase } from './eventStore/support.ts';

const apiKey = 'sk_test_contract';
const attempt = { idempotencyKey: 'key-1', apiVersion: '2025-10-29.clover' };

/**
 * What every `PaymentMethodGateway` must do. `makeGateway` answers one that speaks to this account with this API key and
 * makes no payment method or customer by itself.
 */
export function paymentMethodGatewayContract(
  makeGateway: (account: StripeAccount, apiKey: string) => Promise<PaymentMethodGateway>,
): readonly ContractCase[] {
  const contractCase = (name: string, run: (setting: Setting) => Promise<void>): ContractCase => ({
    name,
    run: async () => {
      const account = new StripeAccount({ apiKeys: [apiKey] });
      await run({ account, gateway: await makeGateway(account, apiKey), make: (key) => makeGateway(account, key) });
    },
  });
  return [...answering(contractCase), ...refusing(contractCase), ...doubting(contractCase), ...looking(contractCase)];
}

type Setting = {
  readonly account: StripeAccount;
  readonly gateway: PaymentMethodGateway;
  readonly make: (apiKey: string) => Promise<PaymentMethodGateway>;
};
type MakeCase = (name: string, run: (setting: Setting) => Promise<void>) => ContractCase;

function answering(contractCase: MakeCase): ContractCase[] {
  return [
    contractCase('attaches, and answers the payment method and the customer that were asked for', async (setting) => {
      const request = anAttach(setting.account);
      const { evidence, ...answer } = await setting.gateway.attach(request);
      ok(answer.answer === 'attached');
      equal(answer.paymentMethod.paymentMethodId, request.paymentMethodId);
      deepEqual(answer.paymentMethod.customer, request.customer);
      equal(answer.paymentMethod.card?.last4, '4242');
      equal(evidence.source, 'response');
      ok(evidence.requestId !== null && evidence.tries.length === 1);
    }),
    contractCase('attaches to a customer account', async ({ account, gateway }) => {
      const customer = aCustomer(account.addCustomerAccount());
      equal((await gateway.attach({ ...anAttach(account), customer })).answer, 'attached');
    }),
    contractCase('answers the same again under the same key, with one effect', async ({ account, gateway }) => {
      const request = anAttach(account);
      const { evidence: _, ...first } = await gateway.attach(request);
      const { evidence: __, ...again } = await gateway.attach(request);
      deepEqual(again, first);
      equal(account.effects.length, 1);
    }),
    contractCase('answers the id that Stripe made of a test alias', async ({ account, gateway }) => {
      const paymentMethodId = aPaymentMethodId('pm_card_visa');
      const answer = await gateway.attach({ ...anAttach(account), paymentMethodId });
      ok(answer.answer === 'attached');
      notEqual(answer.paymentMethod.paymentMethodId, paymentMethodId);
    }),
    contractCase('sends the idempotency key', async ({ account, gateway }) => {
      await gateway.attach(anAttach(account));
      deepEqual(
        account.effects.map((effect: Effect) => effect.idempotencyKey),
        [attempt.idempotencyKey],
      );
    }),
  ];
}

function refusing(contractCase: MakeCase): ContractCase[] {
  return [
    contractCase('answers rejected with Stripe’s codes for a decline', async ({ account, gateway }) => {
      const paymentMethodId = aPaymentMethodId(account.addPaymentMethod({ decline: 'insufficient_funds' }));
      const { evidence: _, ...answer } = await gateway.attach({ ...anAttach(account), paymentMethodId });
      const codes = { stripeCode: 'card_declined', declineCode: 'insufficient_funds' };
      deepEqual(answer, { answer: 'rejected', reason: 'cardDeclined', ...codes });
    }),
    contractCase('tells which is missing, the payment method or the customer', async ({ account, gateway }) => {
      const missing = { stripeCode: 'resource_missing', declineCode: null, answer: 'rejected' };
      const noMethod = await gateway.attach({ ...anAttach(account), paymentMethodId: aPaymentMethodId('pm_1Nowhere') });
      const noCustomer = await gateway.attach({ ...anAttach(account), customer: aCustomer('cus_Nobody') });
      deepEqual(withoutEvidence(noMethod), { ...missing, reason: 'paymentMethodNotFound' });
      deepEqual(withoutEvidence(noCustomer), { ...missing, reason: 'customerNotFound' });
    }),
    contractCase('throws GATEWAY_UNAUTHORIZED for a key that is not accepted, and keeps it secret', async (setting) => {
      const gateway = await setting.make('sk_test_canary');
      await rejects(
        gateway.attach(anAttach(setting.account)),
        (error) => isPaymentMethodsError(error, 'GATEWAY_UNAUTHORIZED') && !error.message.includes('canary'),
      );
      equal(setting.account.effects.length, 0);
    }),
  ];
}

function doubting(contractCase: MakeCase): ContractCase[] {
  return [
    contractCase('does not guess what a refusal without a code means', async ({ account, gateway }) => {
      const owner = { kind: 'customer', id: account.addCustomer() } as const;
      const paymentMethodId = aPaymentMethodId(account.addPaymentMethod({ owner }));
      const { evidence: _, ...answer } = await gateway.attach({ ...anAttach(account), paymentMethodId });
      deepEqual(answer, { answer: 'unknown', cause: 'refusedWithoutCode' });
    }),
    contractCase('never takes a lost answer for a rejection', async ({ account, gateway }) => {
      account.faults.next({ fault: 'loseResponse', times: 20 });
      const { evidence, ...answer } = await gateway.attach(anAttach(account));
      deepEqual(answer, { answer: 'unknown', cause: 'connectionLost' });
      equal(account.effects.length, 1);
      ok(evidence.tries.every(({ status }) => status === null));
    }),
    contractCase('answers unknown for a server error, whether or not it attached', async ({ account, gateway }) => {
      for (const effect of [true, false]) {
        account.faults.next({ fault: 'serverError', effect });
        const request = { ...anAttach(account), idempotencyKey: `key-${effect}` };
        deepEqual(withoutEvidence(await gateway.attach(request)), { answer: 'unknown', cause: 'serverError' });
      }
      equal(account.effects.length, 1);
    }),
    contractCase('answers unknown when the caller gave up', async ({ account, gateway }) => {
      const answer = await gateway.attach(anAttach(account), { signal: AbortSignal.abort() });
      deepEqual(withoutEvidence(answer), { answer: 'unknown', cause: 'aborted' });
    }),
  ];
}

function looking(contractCase: MakeCase): ContractCase[] {
  return [
    contractCase('looks up whose a payment method is, and that it is nobody’s', async ({ account, gateway }) => {
      const request = anAttach(account);
      const before = await gateway.lookUp(request.paymentMethodId);
      ok(before.look === 'found' && before.paymentMethod.customer === null && before.evidence.source === 'readBack');
      await gateway.attach(request);
      const after = await gateway.lookUp(request.paymentMethodId);
      ok(after.look === 'found');
      deepEqual(after.paymentMethod.customer, request.customer);
    }),
    contractCase('looks up a customer account’s', async ({ account, gateway }) => {
      const request = { ...anAttach(account), customer: aCustomer(account.addCustomerAccount()) };
      await gateway.attach(request);
      const look = await gateway.lookUp(request.paymentMethodId);
      ok(look.look === 'found');
      deepEqual(look.paymentMethod.customer, request.customer);
    }),
    contractCase('says so when there is none, or when it cannot tell', async ({ account, gateway }) => {
      equal((await gateway.lookUp(aPaymentMethodId('pm_1Nowhere'))).look, 'notFound');
      account.faults.next({ fault: 'loseRequest', times: 20 });
      equal((await gateway.lookUp(aPaymentMethodId('pm_1Nowhere'))).look, 'unknown');
    }),
  ];
}

function anAttach(account: StripeAccount): AttachRequest {
  const paymentMethodId = aPaymentMethodId(account.addPaymentMethod());
  return { paymentMethodId, customer: aCustomer(account.addCustomer()), ...attempt };
}

function aPaymentMethodId(id: string): PaymentMethodId {
  ok(isPaymentMethodId(id));
  return id;
}

function aCustomer(id: string): CustomerReference {
  if (isCustomerId(id)) return { kind: 'customer', id };
  ok(isAccountId(id));
  return { kind: 'customerAccount', id };
}

/** What was answered; that it rests on something is checked on the way. */
function withoutEvidence<Answer extends { readonly evidence: Evidence }>(answer: Answer) {
  const { evidence, ...rest } = answer;
  ok(evidence.tries.every((one) => one.status !== null || one.failure !== null));
  return rest;
}
