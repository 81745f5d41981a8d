import type { Fault } from '../faults/fault.ts';
import { canonicalForm, decodeForm, textOf } from '../wire/form.ts';
import type { StripeRequest } from '../wire/messages.ts';
import type { Replay } from './idempotency.ts';
import { IdempotencyKeys } from './idempotency.ts';
import { Locks } from './locks.ts';
import type { RateLimits } from './rateLimits.ts';
import { RateLimiter, rateLimited } from './rateLimits.ts';
import type { Exchange } from './responses.ts';
import type { FoundRoute } from './routes.ts';

/** How a request got through: with an outcome that was saved before, or with a way to let its locks go. */
export type Entered = { readonly replay: Replay | null; readonly release: () => void };

export type Entering = {
  readonly request: StripeRequest;
  readonly exchange: Exchange;
  readonly found: FoundRoute;
  readonly fault: Fault | undefined;
  readonly rateLimits: RateLimits | null;
  readonly holdsLocks: boolean;
};

const nothing = () => {};

/** What stands before the endpoints of one world, in Stripe's order: rate limits, idempotency keys, locks. */
export class Gate {
  readonly #keys: IdempotencyKeys;
  readonly #locks = new Locks();
  #limiter: RateLimiter | null = null;

  constructor(savedOutcomesKept: number) {
    this.#keys = new IdempotencyKeys(savedOutcomesKept);
  }

  /** Lets a request through, and puts its key in flight until it is settled. */
  enter(entering: Entering): Entered {
    this.#limit(entering);
    const { request, exchange, found, holdsLocks } = entering;
    const { idempotencyKey: key, requestId, at } = exchange;
    if (key !== null) {
      const parameters = canonicalForm(request.body ?? '');
      const replay = this.#keys.begin(key, { path: request.path, parameters, requestId, firstUsedAt: at });
      if (replay !== null) return { replay, release: nothing };
    }
    try {
      return { replay: null, release: this.#lock(request, found, holdsLocks) };
    } catch (error) {
      if (key !== null) this.#keys.release(key);
      throw error;
    }
  }

  /** Saves what a request was answered, or forgets its key. */
  settle(key: string | null, outcome: { readonly status: number; readonly body: string }, isSaved: boolean): void {
    if (key === null) return;
    if (isSaved) this.#keys.save(key, outcome);
    else this.#keys.release(key);
  }

  #limit({ fault, rateLimits, exchange, found }: Entering): void {
    if (fault?.fault === 'rateLimit') {
      throw rateLimited(fault.reason === undefined ? 'global-rate' : fault.reason, fault.retryAfterSeconds);
    }
    if (rateLimits !== (this.#limiter?.limits ?? null)) this.#limiter = rateLimits && new RateLimiter(rateLimits);
    this.#limiter?.admit({ endpoint: found.route.endpoint, livemode: exchange.livemode, at: exchange.at });
  }

  /** A GET holds nothing, and is refused all the same where its object is held. */
  #lock({ method, body = '' }: StripeRequest, { pathId }: FoundRoute, holdsLocks: boolean): () => void {
    if (this.#locks.isFree && !holdsLocks) return nothing;
    const inBody = method === 'POST' ? textOf(decodeForm(body), 'payment_method') : undefined;
    const ids = [pathId, inBody ?? ''].filter((id) => id !== '');
    if (holdsLocks && method !== 'GET') return this.#locks.hold(ids);
    this.#locks.check(ids);
    return nothing;
  }
}
