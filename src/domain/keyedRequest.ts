import type { Evidence, UnknownCause } from './evidence.ts';
import type { RetryPolicy } from './retryPolicy.ts';
import { isKeyTooOld } from './retryPolicy.ts';

/** What a request that changes something goes out under, on every try. */
export type KeyedRequest = {
  /** the key Stripe will see */
  readonly idempotencyKey: string;
  readonly apiVersion: string;
  /** RFC 3339, UTC: the instant from which the key's age is counted */
  readonly requestedAt: string;
};

/** A request whose outcome is open. */
export type OpenRequest = KeyedRequest & {
  /** why nobody knows; null while it was only asked for */
  readonly cause: UnknownCause | null;
  /** true when Stripe may have saved an answer under the key that settles nothing: asked again, it would only repeat it */
  readonly keyIsSpent: boolean;
};

/** What Stripe may have saved under the key although it settles nothing: a server error, or what we cannot read. */
const savedInVain: ReadonlySet<UnknownCause> = new Set(['serverError', 'unexpectedAnswer', 'unexpectedEcho']);

/** True where asking again under the key may bring the same for as long as it is kept. A look at Stripe spends none. */
export function spendsKey({ cause, evidence }: { readonly cause: UnknownCause; readonly evidence: Evidence }): boolean {
  return evidence.source === 'response' && savedInVain.has(cause);
}

type Doubt = Parameters<typeof spendsKey>[0];

/** True where a doubt tells nothing new of what is open: neither another cause, nor that its key is spent. */
export function repeatsDoubt(open: Pick<OpenRequest, 'cause' | 'keyIsSpent'>, doubt: Doubt): boolean {
  return open.cause === doubt.cause && (open.keyIsSpent || !spendsKey(doubt));
}

/** True where this key is the one an open request goes out under, or went out under before it was renewed. */
export function isKeyOf(
  open: { readonly idempotencyKey: string; readonly formerKeys: readonly string[] },
  idempotencyKey: string | null,
): boolean {
  return idempotencyKey !== null && [open.idempotencyKey, ...open.formerKeys].includes(idempotencyKey);
}

/** True when asking again under this key can still settle the request. */
export function isKeyUsable(request: OpenRequest, now: string, policy: RetryPolicy): boolean {
  return !request.keyIsSpent && !isKeyTooOld(request.requestedAt, now, policy);
}

/**
 * True of a request that Stripe has answered, in a way that settles nothing: under its key nothing is on its way any more.
 * No such answer is a lock or a limit that another try met, or the end of a wait.
 */
export function isAnswered({ cause }: Pick<OpenRequest, 'cause'>): boolean {
  return cause !== null && ['serverError', 'unexpectedAnswer', 'unexpectedEcho', 'refusedWithoutCode'].includes(cause);
}

/** True while a request is so young that it is probably in flight still. */
export function isRequestInFlight(request: OpenRequest, now: string, policy: RetryPolicy): boolean {
  if (request.cause !== null && request.cause !== 'stillProcessing') return false;
  return Date.parse(now) - Date.parse(request.requestedAt) < policy.inProgressMs;
}
