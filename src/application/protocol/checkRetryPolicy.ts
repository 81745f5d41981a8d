import type { RetryPolicy } from '../../domain/retryPolicy.ts';
import { PaymentMethodsError } from '../errors.ts';

const day = 24 * 60 * 60 * 1000;

/** The policy, if it is one. Throws `INVALID_OPTIONS`: under a key that Stripe has forgotten, a repeat is a second request. */
export function checkRetryPolicy(policy: RetryPolicy): RetryPolicy {
  const limits = { keyLifetimeMs: day - 1, inProgressMs: day };
  for (const name of ['keyLifetimeMs', 'inProgressMs'] as const) {
    const value = policy[name];
    if (Number.isSafeInteger(value) && value >= 1 && value <= limits[name]) continue;
    throw new PaymentMethodsError(
      'INVALID_OPTIONS',
      `retryPolicy.${name} is ${String(value)}; it must be a whole number of milliseconds from 1 to ${limits[name]}.`,
    );
  }
  return policy;
}
