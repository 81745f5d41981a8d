import type { CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';

/** The path of a payment method. The id is encoded although its pattern already keeps it inside one segment. */
export function paymentMethodPath(id: PaymentMethodId): string {
  return `/v1/payment_methods/${encodeURIComponent(id)}`;
}

/** The form body of an attach: the same bytes for the same customer, as a repeat under the same key must have. */
export function attachForm(customer: CustomerReference): string {
  const field = customer.kind === 'customer' ? 'customer' : 'customer_account';
  return new URLSearchParams({ [field]: customer.id }).toString();
}
