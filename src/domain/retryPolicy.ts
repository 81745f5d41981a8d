import { isTestAlias } from './identifiers.ts';
import type { Open } from './paymentMethod.ts';

export type RetryPolicy = {
  /** How long a key may be used: under the 24 h that Stripe keeps one (https://docs.stripe.com/api/idempotent_requests). */
  readonly keyLifetimeMs: number;
  /** How long an attempt of somebody else's is taken to be in flight rather than left open by a crash. */
  readonly inProgressMs: number;
};

export const defaultRetryPolicy: RetryPolicy = { keyLifetimeMs: 23 * 60 * 60 * 1000, inProgressMs: 60_000 };

/** True when a key is so old that Stripe may have forgotten it. */
export function isKeyTooOld(keyMadeAt: string, now: string, policy: RetryPolicy): boolean {
  return Date.parse(now) - Date.parse(keyMadeAt) >= policy.keyLifetimeMs;
}

/** True while an open attempt is so young that its request is probably in flight still. */
export function isInFlight(state: Open, now: string, policy: RetryPolicy): boolean {
  if (state.status === 'outcomeUnknown' && state.cause !== 'stillProcessing') return false;
  return Date.parse(now) - Date.parse(state.attempt.keyMadeAt) < policy.inProgressMs;
}

/**
 * True when nothing may be sent for this attempt any more: Stripe has forgotten its key by now, and under another one it
 * would make another payment method of the test alias.
 */
export function isPastAsking({ attempt }: Open, now: string, policy: RetryPolicy): boolean {
  return isTestAlias(attempt.paymentMethodId) && isKeyTooOld(attempt.keyMadeAt, now, policy);
}
