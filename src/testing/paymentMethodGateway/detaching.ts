import { deepEqual, equal, ok } from 'node:assert/strict';
import type { ContractCase } from '../eventStore/support.ts';
import type { MakeCase } from './support.ts';
import { anAttach, anAttached, aPaymentMethodId, keyed, withoutEvidence } from './support.ts';

export function detaching(contractCase: MakeCase): ContractCase[] {
  return [
    contractCase('detaches, so that a look finds it to be nobody’s', async ({ account, gateway }) => {
      const { paymentMethodId } = anAttached(account);
      const { evidence, ...answer } = await gateway.detach({ paymentMethodId, ...keyed() });
      deepEqual(answer, { answer: 'detached' });
      ok(evidence.source === 'response' && evidence.requestId !== null);
      const look = await gateway.lookUp(paymentMethodId);
      ok(look.look === 'found' && look.paymentMethod.customer === null);
    }),
    contractCase('answers detached again under the same key, with one effect', async ({ account, gateway }) => {
      const { paymentMethodId } = anAttached(account);
      for (const _ of [1, 2]) equal((await gateway.detach({ paymentMethodId, ...keyed() })).answer, 'detached');
      equal(account.effects.length, 1);
    }),
    contractCase('does not guess why one that is attached to nobody is refused', async ({ account, gateway }) => {
      const { paymentMethodId } = anAttach(account);
      const answer = await gateway.detach({ paymentMethodId, ...keyed() });
      deepEqual(withoutEvidence(answer), { answer: 'unknown', cause: 'refusedWithoutCode' });
    }),
    contractCase('says that there is no such payment method to detach', async ({ gateway }) => {
      const answer = await gateway.detach({ paymentMethodId: aPaymentMethodId('pm_1Nowhere'), ...keyed() });
      const rejected = { answer: 'rejected', reason: 'paymentMethodNotFound', stripeCode: 'resource_missing' };
      deepEqual(withoutEvidence(answer), rejected);
    }),
  ];
}
