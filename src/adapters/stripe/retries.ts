import type { Reply } from './transport/exchange.ts';
import type { Verdict } from './verdict.ts';

/** A verdict, and Stripe's id of the try that it rests on. */
export type Decided<Known> = { readonly verdict: Verdict<Known>; readonly requestId: string | null };

const baseDelayMs = 500;
const maxDelayMs = 5_000;

/** True when asking again, under the same key with the same bytes, may bring a better answer. */
export function isWorthRetrying(reply: Reply): boolean {
  // Also where the lost answer said not to: under the same key Stripe replays it, without a second effect.
  if (reply.failure !== null) return reply.cause === 'unreachable' || reply.cause === 'connectionLost';
  // A whole 200 is saved under its key: a repeat can only bring the same, or lose it.
  if (reply.status === 200) return false;
  // Stripe knows whether the outcome is final (https://docs.stripe.com/error-low-level).
  if (reply.shouldRetry !== null) return reply.shouldRetry;
  return reply.status === 409 || reply.status === 429 || reply.status >= 500;
}

/** How long to wait after this many tries: full jitter, so that callers who failed together do not return together. */
export function backoffMs(triesMade: number, random: () => number): number {
  return random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (triesMade - 1));
}

/**
 * Which of two tries decides: the later one, unless it had no effect where the earlier one may have had. A fault, too,
 * says nothing of an earlier try that may have attached.
 */
export function prevailing<Known>(earlier: Decided<Known> | null, later: Decided<Known>): Decided<Known> {
  return earlier === null || weight(later.verdict) >= weight(earlier.verdict) ? later : earlier;
}

function weight(verdict: Verdict<unknown>): number {
  if (verdict.verdict === 'fault') return 2;
  if (verdict.verdict === 'known') return 3;
  if (verdict.cause === 'unreachable') return 0;
  return verdict.cause === 'rateLimited' ? 1 : 3;
}
