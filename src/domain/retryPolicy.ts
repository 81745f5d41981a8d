/** For how long a request is waited for, and its key used. In milliseconds. */
export type RetryPolicy = {
  /** How long a key may be used: under the 24 h that Stripe keeps one (https://docs.stripe.com/api/idempotent_requests). */
  readonly keyLifetimeMs: number;
  /**
   * How long an attempt of somebody else's is taken to be in flight rather than left open by a crash: the gateway's deadline
   * (20 s) and a margin. A guess that is wrong does no harm: under the same key, Stripe does it once.
   */
  readonly inProgressMs: number;
};

/** A key is used for 23 hours; an attempt is taken to be in flight for 30 seconds. */
export const defaultRetryPolicy: RetryPolicy = { keyLifetimeMs: 23 * 60 * 60 * 1000, inProgressMs: 30_000 };

/** True when a key is so old that Stripe may have forgotten it. */
export function isKeyTooOld(keyMadeAt: string, now: string, policy: RetryPolicy): boolean {
  return Date.parse(now) - Date.parse(keyMadeAt) >= policy.keyLifetimeMs;
}
