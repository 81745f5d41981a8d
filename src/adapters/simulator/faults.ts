import type { StripeRequest } from './wire.ts';

/** What goes wrong with one request. */
export type Fault =
  /** executes this much later; its idempotency key is in flight meanwhile */
  | { readonly fault: 'delay'; readonly ms: number }
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
  /** an HTML 502 from the edge; the effect happens only if `effect` is true */
  | { readonly fault: 'badGateway'; readonly effect?: boolean }
  /** a 429 from the rate limiter, which runs before the idempotency layer */
  | { readonly fault: 'rateLimit'; readonly reason?: string }
  /** a 429 that asks to be tried again: somebody else holds the object's lock */
  | { readonly fault: 'lockTimeout' };

export type ScriptedFault = Fault & {
  /** which requests; all of them where absent */
  readonly match?: { readonly method?: string; readonly path?: RegExp };
  /** how many requests; 1 where absent */
  readonly times?: number;
};

/** The faults to come. The first one that matches a request is used up by it. */
export class FaultScript {
  #waiting: { readonly scripted: ScriptedFault; readonly left: number }[] = [];

  /** Scripts a fault behind those already scripted. */
  next(scripted: ScriptedFault): void {
    this.#waiting.push({ scripted, left: scripted.times ?? 1 });
  }

  /** Forgets what has not happened yet. */
  clear(): void {
    this.#waiting = [];
  }

  /** The fault of this request, if it has one. */
  take(request: StripeRequest): Fault | undefined {
    const index = this.#waiting.findIndex(({ scripted, left }) => left > 0 && matches(scripted, request));
    const found = this.#waiting[index];
    if (found === undefined) return undefined;
    this.#waiting.splice(index, 1, ...(found.left > 1 ? [{ ...found, left: found.left - 1 }] : []));
    return found.scripted;
  }
}

function matches({ match }: ScriptedFault, request: StripeRequest): boolean {
  if (match?.method !== undefined && match.method !== request.method) return false;
  return match?.path === undefined || request.path.search(match.path) !== -1;
}
