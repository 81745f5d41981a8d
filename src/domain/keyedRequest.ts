import type { Evidence, UnknownCause } from './evidence.ts';
import type { RetryPolicy } from './retryPolicy.ts';
import { isKeyTooOld } from './retryPolicy.ts';

/** An hour that clocks may be apart, and one that what was sent last may be on its way. */
const landingMs = 2 * 60 * 60 * 1000;

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
  /** true when Stripe has answered under the key, and settled nothing: it is asked under another one from then on */
  readonly keyIsSpent: boolean;
};

/** What Stripe answers although it settles nothing, and may have saved. Not a lock, a limit, or the end of a wait. */
const answeredInVain: ReadonlySet<UnknownCause> = new Set([
  'serverError',
  'unexpectedAnswer',
  'unexpectedEcho',
  'refusedWithoutCode',
]);

/**
 * True where Stripe has answered: nothing is on its way under the key any more that it would do, and asked again it may say
 * the same for as long as it keeps the key. What bears no request id of Stripe's was answered by somebody in between. A look
 * spends none.
 */
export function spendsKey({ cause, evidence }: { readonly cause: UnknownCause; readonly evidence: Evidence }): boolean {
  return evidence.source === 'response' && evidence.requestId !== null && answeredInVain.has(cause);
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
 * True of a request that may be on its way still, so that it could land behind a later one: until Stripe has answered it, or
 * its key is past use for so long that neither apart clocks nor a slow wire can bring it any more.
 */
export function mayLand(request: OpenRequest, now: string, policy: RetryPolicy): boolean {
  return !request.keyIsSpent && Date.parse(now) - Date.parse(request.requestedAt) < policy.keyLifetimeMs + landingMs;
}

/** True while a request is so young that it is probably in flight still. */
export function isRequestInFlight(request: OpenRequest, now: string, policy: RetryPolicy): boolean {
  if (request.cause !== null && request.cause !== 'stillProcessing') return false;
  return Date.parse(now) - Date.parse(request.requestedAt) < policy.inProgressMs;
}
