import type { CustomerReference } from '../../../domain/identifiers.ts';
import { customerAmong, isAccountId, isCustomerId } from '../../../domain/identifiers.ts';

/** How Stripe names whose something is: from 2025-12-15.clover on, possibly twice. */
type Named = { readonly customer: string | null; readonly customer_account: string | null };

/** What one is called, the customer first; none where it is nobody's, undefined for a name that is no id. */
export function namesOf({ customer, customer_account: account }: Named): readonly CustomerReference[] | undefined {
  if (customer !== null && !isCustomerId(customer)) return undefined;
  if (account !== null && !isAccountId(account)) return undefined;
  return [
    ...(customer === null ? [] : [{ kind: 'customer', id: customer } as const]),
    ...(account === null ? [] : [{ kind: 'customerAccount', id: account } as const]),
  ];
}

/**
 * Whose something is, null for nobody. Where Stripe names a customer and an account, it is the one that was expected, and
 * else the customer; undefined for a name that is no id.
 */
export function customerOf(
  named: Named,
  expected: CustomerReference | undefined,
): CustomerReference | null | undefined {
  const found = namesOf(named);
  return found && customerAmong(found, expected);
}

/** True when Stripe names this customer, whatever else it names. */
export function names({ customer, customer_account: account }: Named, asked: CustomerReference): boolean {
  return asked.id === (asked.kind === 'customer' ? customer : account);
}
