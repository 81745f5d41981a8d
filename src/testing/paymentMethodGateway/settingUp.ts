import { deepEqual, equal, ok } from 'node:assert/strict';
import type { SetupRequest } from '../../application/ports/paymentMethodGateway.ts';
import type { AttemptId, CustomerReference, SetupIntentId } from '../../domain/identifiers.ts';
import { isAttemptId, isSetupIntentId } from '../../domain/identifiers.ts';
import type { ContractCase } from '../eventStore/support.ts';
import type { MakeCase } from './support.ts';
import { aCustomer, keyed, withoutEvidence } from './support.ts';

export function settingUp(contractCase: MakeCase): ContractCase[] {
  return [
    contractCase('creates a SetupIntent that carries the attempt and has a secret', async ({ account, gateway }) => {
      for (const id of [account.addCustomer(), account.addCustomerAccount()]) {
        const customer = aCustomer(id);
        const { evidence, ...created } = await gateway.createSetupIntent(aSetup(customer, { idempotencyKey: id }));
        ok(created.answer === 'created' && evidence.source === 'response');
        const { setupIntent } = created;
        deepEqual([setupIntent.customer, setupIntent.attemptId], [customer, attemptId]);
        ok(setupIntent.clientSecret.startsWith(`${setupIntent.setupIntentId}_secret_`));
        const { evidence: _, ...look } = await gateway.lookUpSetupIntent(setupIntent.setupIntentId);
        deepEqual(look, { look: 'found', setupIntent });
      }
    }),
    contractCase('creates one SetupIntent under one key', async ({ account, gateway }) => {
      const request = aSetup(aCustomer(account.addCustomer()), { paymentMethodTypes: ['card', 'sepa_debit'] });
      const { evidence: _, ...first } = await gateway.createSetupIntent(request);
      deepEqual(withoutEvidence(await gateway.createSetupIntent(request)), first);
      const other = await gateway.createSetupIntent({ ...request, ...keyed('key-2') });
      ok(first.answer === 'created' && other.answer === 'created');
      ok(first.setupIntent.setupIntentId !== other.setupIntent.setupIntentId);
    }),
    contractCase('says that there is no such customer to set up for', async ({ gateway }) => {
      for (const id of ['cus_Nobody', 'acct_Nobody']) {
        const answer = await gateway.createSetupIntent(aSetup(aCustomer(id), { idempotencyKey: id }));
        const rejected = { answer: 'rejected', reason: 'customerNotFound', stripeCode: 'resource_missing' };
        deepEqual(withoutEvidence(answer), rejected);
      }
    }),
    contractCase('answers unknown for a SetupIntent whose answer was lost', async ({ account, gateway }) => {
      account.faults.next({ fault: 'loseResponse', times: 20 });
      const answer = await gateway.createSetupIntent(aSetup(aCustomer(account.addCustomer())));
      deepEqual(withoutEvidence(answer), { answer: 'unknown', cause: 'connectionLost' });
    }),
    contractCase('says so when there is no such SetupIntent', async ({ gateway }) => {
      equal((await gateway.lookUpSetupIntent(aSetupIntentId('seti_1Nowhere'))).look, 'notFound');
    }),
  ];
}

const attemptId = anAttemptId('contract-1');

function aSetup(customer: CustomerReference, changes: Partial<SetupRequest> = {}): SetupRequest {
  return { attemptId, customer, usage: 'off_session', paymentMethodTypes: null, ...keyed(), ...changes };
}

function anAttemptId(id: string): AttemptId {
  ok(isAttemptId(id));
  return id;
}

function aSetupIntentId(id: string): SetupIntentId {
  ok(isSetupIntentId(id));
  return id;
}
