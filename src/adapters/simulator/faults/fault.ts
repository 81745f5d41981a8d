/** What goes wrong with one request. */
export type Fault =
  /** executes this much later; its idempotency key is in flight meanwhile, and its objects are locked if it holds them */
  | { readonly fault: 'delay'; readonly ms: number; readonly holdsLocks?: boolean }
  /** the effect happens at once, and the answer leaves this much later */
  | { readonly fault: 'lateAnswer'; readonly ms: number }
  /** nobody listens: no effect. A server that listens can only reset the connection. */
  | { readonly fault: 'unreachable' }
  /** the connection is lost before the effect */
  | { readonly fault: 'loseRequest' }
  /** the effect happens, and the connection is lost before the answer */
  | { readonly fault: 'loseResponse' }
  /** the effect happens, and the connection is lost half-way through the body */
  | { readonly fault: 'cutBody' }
  /** the answer never comes; the effect happens unless `effect` is false */
  | { readonly fault: 'stall'; readonly effect?: boolean }
  /** a 500, saved under the key, after the effect or without it */
  | { readonly fault: 'serverError'; readonly effect: boolean }
  /** a 424, saved under the key; the effect happens only if `effect` is true */
  | { readonly fault: 'dependencyFailed'; readonly effect?: boolean }
  /** HTML from the edge, 502 where no status is given; the effect happens only if `effect` is true */
  | { readonly fault: 'badGateway'; readonly effect?: boolean; readonly status?: 502 | 503 | 504 }
  /**
   * a 429 from the rate limiter, which runs before the idempotency layer; `Stripe-Rate-Limited-Reason` says
   * `global-rate` where no reason is given, and is left out where it is null
   */
  | { readonly fault: 'rateLimit'; readonly reason?: string | null; readonly retryAfterSeconds?: number }
  /** a 429 that asks to be tried again: somebody else holds the object's lock */
  | { readonly fault: 'lockTimeout' };

/** Which requests; every one where absent. */
export type Match = { readonly method?: string; readonly path?: RegExp };

/** A fault, the requests it strikes and how many of them. */
export type ScriptedFault = Fault & {
  readonly match?: Match;
  /** how many requests; 1 where absent */
  readonly times?: number;
};

/** Faults that strike at random, the same for the same seed and the same requests. */
export type RandomFaults = {
  /** a whole number */
  readonly seed: number;
  /** How likely each fault is, from 0 to 1. Together they are 1 at most. */
  readonly odds: readonly { readonly fault: Fault; readonly probability: number; readonly match?: Match }[];
};
