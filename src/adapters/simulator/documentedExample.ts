import { newCustomer } from './customers.ts';
import type { Ids } from './ids.ts';
import { plainVisa } from './instruments.ts';
import { cardOf, newPaymentMethod } from './newPaymentMethod.ts';
import type { Vault } from './vault.ts';

/** The ids of https://docs.stripe.com/api/payment_methods/attach, and an account that acts as a customer. */
export const documentedExample = {
  paymentMethodId: 'pm_1MqM05LkdIwHu7ixlDxxO6Mc',
  customerId: 'cus_NbZ8Ki3f322LNn',
  customerAccountId: 'acct_1CustomerExample0001',
} as const;

const createdSeconds = 1679946402;

/** Loads the documented payment method, not attached yet, and the customers it can be attached to. */
export function loadDocumentedExample(vault: Vault, ids: Ids): void {
  const { paymentMethodId, customerId, customerAccountId } = documentedExample;
  const card = { ...cardOf(plainVisa, createdSeconds * 1000), expMonth: 8, expYear: 2026 };
  vault.paymentMethods.set(paymentMethodId, newPaymentMethod(paymentMethodId, createdSeconds * 1000, { card }));
  vault.customers.set(customerId, newCustomer(customerId, ids.invoicePrefix(), createdSeconds));
  vault.customerAccounts.add(customerAccountId);
}
