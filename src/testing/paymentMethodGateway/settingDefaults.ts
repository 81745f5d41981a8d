import { deepEqual, ok } from 'node:assert/strict';
import type { ContractCase } from '../eventStore/support.ts';
import type { MakeCase } from './support.ts';
import { aCustomerId, anAttached, keyed, withoutEvidence } from './support.ts';

export function settingDefaults(contractCase: MakeCase): ContractCase[] {
  return [
    contractCase('sets the default, which the customer then shows', async ({ account, gateway }) => {
      const { customer, paymentMethodId } = anAttached(account);
      const { evidence, ...answer } = await gateway.setDefault({ customer, paymentMethodId, ...keyed() });
      deepEqual(answer, { answer: 'set' });
      ok(evidence.source === 'response' && evidence.requestId !== null);
      const look = await gateway.lookUpCustomer(customer);
      ok(look.look === 'found' && look.defaultPaymentMethodId === paymentMethodId && !look.isDeleted);
    }),
    contractCase('does not guess why somebody else’s cannot be the default', async ({ account, gateway }) => {
      const { paymentMethodId } = anAttached(account);
      const customer = aCustomerId(account.addCustomer());
      const answer = await gateway.setDefault({ customer, paymentMethodId, ...keyed() });
      deepEqual(withoutEvidence(answer), { answer: 'unknown', cause: 'refusedWithoutCode' });
      const look = await gateway.lookUpCustomer(customer);
      ok(look.look === 'found' && look.defaultPaymentMethodId === null);
    }),
    contractCase('says that there is no such customer to set a default of', async ({ account, gateway }) => {
      const { paymentMethodId } = anAttached(account);
      const answer = await gateway.setDefault({ customer: aCustomerId('cus_Nobody'), paymentMethodId, ...keyed() });
      const rejected = { answer: 'rejected', reason: 'customerNotFound', stripeCode: 'resource_missing' };
      deepEqual(withoutEvidence(answer), rejected);
    }),
  ];
}
