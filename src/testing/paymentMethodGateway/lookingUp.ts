import { deepEqual, equal, ok } from 'node:assert/strict';
import type { ContractCase } from '../eventStore/support.ts';
import type { MakeCase } from './support.ts';
import { aCustomer, aCustomerId, anAttach, anAttached, aPaymentMethodId } from './support.ts';

export function lookingUp(contractCase: MakeCase): ContractCase[] {
  return [
    contractCase('looks up whose a payment method is, and that it is nobody’s', async ({ account, gateway }) => {
      const request = anAttach(account);
      const before = await gateway.lookUp(request.paymentMethodId);
      ok(before.look === 'found' && before.paymentMethod.customer === null && before.evidence.source === 'readBack');
      await gateway.attach(request);
      const after = await gateway.lookUp(request.paymentMethodId, { expected: request.customer });
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
    contractCase('says so when there is no such payment method', async ({ gateway }) => {
      equal((await gateway.lookUp(aPaymentMethodId('pm_1Nowhere'))).look, 'notFound');
    }),
    contractCase('looks up a customer without a default', async ({ account, gateway }) => {
      const { evidence, ...look } = await gateway.lookUpCustomer(anAttached(account).customer);
      deepEqual(look, { look: 'found', isDeleted: false, defaultPaymentMethodId: null });
      ok(evidence.source === 'readBack' && evidence.requestId !== null);
    }),
    contractCase('says so when a customer was deleted, or never was', async ({ account, gateway }) => {
      const id = aCustomerId(account.addCustomer());
      const headers = { authorization: 'Bearer sk_test_contract' };
      account.handle({ method: 'DELETE', path: `/v1/customers/${id}`, headers });
      const { evidence: _, ...deleted } = await gateway.lookUpCustomer(id);
      deepEqual(deleted, { look: 'found', isDeleted: true, defaultPaymentMethodId: null });
      equal((await gateway.lookUpCustomer(aCustomerId('cus_Nobody'))).look, 'notFound');
    }),
  ];
}
