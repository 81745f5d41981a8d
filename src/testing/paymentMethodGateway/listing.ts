import { deepEqual, equal, ok } from 'node:assert/strict';
import type { PaymentMethodGateway } from '../../application/ports/paymentMethodGateway.ts';
import type { CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import type { ContractCase } from '../eventStore/support.ts';
import type { MakeCase, Setting } from './support.ts';
import { aCustomer, anAttached, aPaymentMethodId } from './support.ts';

export function listing(contractCase: MakeCase): ContractCase[] {
  return [
    contractCase('lists a customer’s page by page, newest first, and nobody else’s', async ({ account, gateway }) => {
      anAttached(account);
      const customer = aCustomer(account.addCustomer());
      const ids = [1, 2, 3, 4, 5].map(() => attachedTo(account, customer));
      deepEqual(await all(gateway, customer), ids.toReversed());
    }),
    contractCase('lists a customer account’s', async ({ account, gateway }) => {
      const customer = aCustomer(account.addCustomerAccount());
      const id = attachedTo(account, customer);
      const { evidence, ...page } = await gateway.listPaymentMethods({ customer });
      ok(page.look === 'found' && !page.hasMore && evidence.source === 'sweep');
      deepEqual(
        page.paymentMethods.map((one) => [one.paymentMethodId, one.customer]),
        [[id, customer]],
      );
    }),
    contractCase('finds an empty page where there are none', async ({ account, gateway }) => {
      const { evidence: _, ...page } = await gateway.listPaymentMethods({ customer: aCustomer(account.addCustomer()) });
      deepEqual(page, { look: 'found', paymentMethods: [], hasMore: false });
    }),
    contractCase('says so when there is no such customer to list', async ({ gateway }) => {
      for (const id of ['cus_Nobody', 'acct_Nobody']) {
        equal((await gateway.listPaymentMethods({ customer: aCustomer(id) })).look, 'notFound');
      }
    }),
  ];
}

function attachedTo(account: Setting['account'], owner: CustomerReference): PaymentMethodId {
  return aPaymentMethodId(account.addPaymentMethod({ owner }));
}

/** All ids, two a page, each page once. */
async function all(gateway: PaymentMethodGateway, customer: CustomerReference): Promise<PaymentMethodId[]> {
  const ids: PaymentMethodId[] = [];
  for (;;) {
    const page = await gateway.listPaymentMethods({ customer, limit: 2, after: ids.at(-1) });
    ok(page.look === 'found');
    ids.push(...page.paymentMethods.map(({ paymentMethodId }) => paymentMethodId));
    if (!page.hasMore) return ids;
  }
}
