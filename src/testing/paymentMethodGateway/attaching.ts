import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import type { Effect } from '../../adapters/simulator/index.ts';
import { isPaymentMethodsError } from '../../application/errors.ts';
import type { ContractCase } from '../eventStore/support.ts';
import type { MakeCase } from './support.ts';
import { aCustomer, anAttach, aPaymentMethodId, keyed, withoutEvidence } from './support.ts';

export function attaching(contractCase: MakeCase): ContractCase[] {
  return [...attached(contractCase), ...notAttached(contractCase)];
}

function attached(contractCase: MakeCase): ContractCase[] {
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
        [keyed().idempotencyKey],
      );
    }),
  ];
}

function notAttached(contractCase: MakeCase): ContractCase[] {
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
    contractCase('does not guess what a refusal without a code means', async ({ account, gateway }) => {
      const owner = { kind: 'customer', id: account.addCustomer() } as const;
      const paymentMethodId = aPaymentMethodId(account.addPaymentMethod({ owner }));
      const { evidence: _, ...answer } = await gateway.attach({ ...anAttach(account), paymentMethodId });
      deepEqual(answer, { answer: 'unknown', cause: 'refusedWithoutCode' });
    }),
  ];
}
