import { invalid, refused } from '../wire/failures.ts';
import { requestFailures } from '../wire/requestFailures.ts';

/** What the endpoints refuse, in Stripe's words. */
export const endpointFailures = {
  noCustomer: () => invalid(400, 'Must provide customer or customer_account.', { code: 'parameter_missing' }),
  bothCustomers: () => requestFailures.exclusiveParameters(['customer', 'customer_account']),
  invalidToken: (id: string) => invalid(400, `Invalid token id: ${id}`, { param: 'card[token]' }),
  customerAtCreation: () =>
    invalid(
      400,
      'You cannot attach a PaymentMethod to a Customer during PaymentMethod creation. Please instead create the PaymentMethod and then attach it using the attachment method of the PaymentMethods API.',
      { param: 'customer' },
    ),
  rawCardNumber: () =>
    invalid(
      402,
      'Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens that map to the test card you are using, see https://stripe.com/docs/testing. To enable testing raw card data APIs, see https://support.stripe.com/questions/enabling-access-to-raw-card-data-apis.',
    ),

  alreadyAttached: () => refused('The payment method you provided has already been attached to a customer.'),
  usedBefore: () =>
    refused(
      'This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.',
    ),
  notSaveable: (type: string) => refused(`PaymentMethods of type '${type}' cannot be saved to customers.`),
  tooManyPaymentMethods: () =>
    refused(
      'The maximum number of PaymentMethods for this Customer has been reached. Either detach some PaymentMethods from this Customer or proceed with a different Customer.',
      { code: 'customer_max_payment_methods' },
    ),
  notAttached: () =>
    refused('The payment method you provided is not attached to a customer so detachment is impossible.'),
  notOfCustomer: (id: string) =>
    refused(
      `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    ),
  unattachedUpdate: () => refused('You must save this PaymentMethod to a customer before you can update it.'),
};
