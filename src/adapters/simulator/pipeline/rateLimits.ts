import { requestFailures } from '../wire/requestFailures.ts';

/** Requests a second of one account, in one mode (https://docs.stripe.com/rate-limits). */
export type RateLimits = {
  readonly live: number;
  readonly test: number;
  /** of one endpoint, in either mode */
  readonly endpoint: number;
};

export const documentedRateLimits: RateLimits = { live: 100, test: 25, endpoint: 25 };

/** The rate limiter of one world. It counts by the account's clock. */
export class RateLimiter {
  readonly limits: RateLimits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: RateLimits) {
    this.limits = limits;
  }

  /** Counts a request, or refuses it with 429. */
  admit({ endpoint, livemode, at }: { endpoint: string; livemode: boolean; at: number }): void {
    const { live, test, endpoint: ofEndpoint } = this.limits;
    if (!this.#take('', livemode ? live : test, at)) throw rateLimited('global-rate');
    if (!this.#take(endpoint, ofEndpoint, at)) throw rateLimited('endpoint-rate');
  }

  #take(name: string, perSecond: number, at: number): boolean {
    const bucket = this.#buckets.get(name) ?? { left: perSecond, at };
    const left = Math.min(perSecond, bucket.left + (Math.max(0, at - bucket.at) / 1000) * perSecond);
    this.#buckets.set(name, { left: left < 1 ? left : left - 1, at });
    return left >= 1;
  }
}

/** How many requests it still admits, at an instant in unix milliseconds. */
type Bucket = { readonly left: number; readonly at: number };

/** A 429 with the header that says which limit it was; without it where that is null. */
export function rateLimited(reason: string | null, retryAfterSeconds?: number) {
  return requestFailures.rateLimit({
    ...(reason === null ? {} : { 'stripe-rate-limited-reason': reason }),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  });
}
