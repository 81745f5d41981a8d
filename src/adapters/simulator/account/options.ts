import type { Fault } from '../faults/fault.ts';
import type { RateLimits } from '../pipeline/rateLimits.ts';
import type { StripeResponse } from '../wire/messages.ts';

/** What a simulated account is, and how strict. */
export type StripeAccountOptions = {
  /** the account's own id; a new one where absent */
  readonly id?: string | undefined;
  /** unix milliseconds; the machine's clock where absent */
  readonly now?: (() => number) | undefined;
  /** at least 0, under 1; `Math.random` where absent */
  readonly random?: (() => number) | undefined;
  /** loads `documentedExample`; false where absent */
  readonly documentedExample?: boolean | undefined;
  /** the only API keys that are good; any `sk_…` or `rk_…`, of test mode or live mode, where absent */
  readonly apiKeys?: readonly string[] | undefined;
  /** API keys that may read and not write (403) */
  readonly readOnlyApiKeys?: readonly string[] | undefined;
  /** API keys that were good once (401) */
  readonly expiredApiKeys?: readonly string[] | undefined;
  /** the version of requests that name none, and of events; `2025-10-29.clover` where absent */
  readonly apiVersion?: string | undefined;
  /** no limit where absent: Stripe's own is not published */
  readonly maxPaymentMethodsPerCustomer?: number | undefined;
  /** false: card numbers are refused in test mode too, as they are on ordinary accounts; true where absent */
  readonly takesCardNumbers?: boolean | undefined;
  /** true for the documented limits; none where absent */
  readonly rateLimits?: boolean | RateLimits | undefined;
  /** how long every request takes, with its objects locked meanwhile; 0 where absent */
  readonly workMs?: number | undefined;
  /** how much is kept, for long runs; what is older is forgotten */
  readonly keeps?: Keeps | undefined;
};

/** How much an account remembers, in numbers of each; what is older is forgotten. */
export type Keeps = {
  /** the newest requests; 1,000 where absent */
  readonly requests?: number | undefined;
  /** the newest effects; all where absent */
  readonly effects?: number | undefined;
  /** the newest events of an account in a mode; those of thirty days where absent, and never more */
  readonly events?: number | undefined;
  /** the newest outcomes saved under idempotency keys; those of a day where absent, and never more */
  readonly savedOutcomes?: number | undefined;
};

/** Where a thing is: in this account's own world of test mode unless something else is said. */
export type Where = {
  /** a connected account */
  readonly account?: string | undefined;
  readonly livemode?: boolean | undefined;
};

/** How an answer travels: whole (at once, or so much later), cut off half-way through its body, or not at all. */
export type Delivery =
  | { readonly delivery: 'whole'; readonly response: StripeResponse; readonly holdMs?: number }
  | { readonly delivery: 'cut'; readonly response: StripeResponse }
  | { readonly delivery: 'lost' | 'stalled' | 'unreachable' };

/** A request that has arrived. */
export type Call = {
  /** when to finish it, after it arrived; 0 unless a delay is scripted, or work takes time */
  readonly delayMs: number;
  /** Executes it, with its effects. To be called once, whether or not the caller still waits. */
  readonly finish: () => Delivery;
};

/** A request as the account's log has it. */
export type RequestEntry = {
  readonly requestId: string | null;
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey: string | null;
  /** what it was answered with, whether or not that arrived; null where it was lost before it had an effect */
  readonly status: number | null;
  readonly fault: Fault['fault'] | null;
  /** unix milliseconds of the answer */
  readonly at: number;
};
