import type { CustomerReference } from '../../../domain/identifiers.ts';
import { isAccountId, isCustomerId, isSameCustomer } from '../../../domain/identifiers.ts';

/** How Stripe names whose something is: from 2025-12-15.clover on, possibly twice. */
type Named = { readonly customer: string | null; readonly customer_account: string | null };

/**
 * Whose something is, null for nobody. Where Stripe names a customer and an account, it is the one that was expected, and
 * neither of them where nothing was: undefined, as for a name that is no id.
 */
export function customerOf(
  { customer, customer_account: account }: Named,
  expected: CustomerReference | undefined,
): CustomerReference | null | undefined {
  if (customer !== null && !isCustomerId(customer)) return undefined;
  if (account !== null && !isAccountId(account)) return undefined;
  if (account === null) return customer === null ? null : { kind: 'customer', id: customer };
  const asAccount = { kind: 'customerAccount', id: account } as const;
  if (customer === null) return asAccount;
  if (expected === undefined) return undefined;
  // Neither of the two is somebody else's, and to say so either name will do.
  return isSameCustomer(asAccount, expected) ? asAccount : { kind: 'customer', id: customer };
}

/** True when Stripe names this customer, whatever else it names. */
export function names({ customer, customer_account: account }: Named, asked: CustomerReference): boolean {
  return asked.id === (asked.kind === 'customer' ? customer : account);
}
