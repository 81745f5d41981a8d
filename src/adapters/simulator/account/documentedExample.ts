import type { AccountWorld } from './accountWorld.ts';

/** The ids of https://docs.stripe.com/api/payment_methods/attach, and an account that acts as a customer. */
export const documentedExample = {
  paymentMethodId: 'pm_1MqM05LkdIwHu7ixlDxxO6Mc',
  customerId: 'cus_NbZ8Ki3f322LNn',
  customerAccountId: 'acct_1CustomerExample0001',
} as const;

const created = 1679946402;

/** Loads the documented payment method, not attached yet, and the customers it can be attached to. */
export function loadDocumentedExample(world: AccountWorld): void {
  const { paymentMethodId, customerId, customerAccountId } = documentedExample;
  world.addPaymentMethod({ id: paymentMethodId, created, expMonth: 8, expYear: 2026 });
  world.addCustomer({ id: customerId, created });
  world.addCustomerAccount(customerAccountId);
}
