import type { Failure } from '../wire/failures.ts';
import { errorObject } from '../wire/failures.ts';
import type { JsonObject } from '../wire/json.ts';
import { render } from '../wire/json.ts';
import type { StripeResponse } from '../wire/messages.ts';
import { has } from '../wire/versions.ts';
import type { Replay } from './idempotency.ts';

/** One request on its way through the account: what its response's headers are made of. */
export type Exchange = {
  readonly requestId: string;
  readonly version: string;
  readonly stripeAccount: string | undefined;
  /** only of a POST: elsewhere a key has no effect */
  readonly idempotencyKey: string | null;
  /** unix milliseconds */
  readonly at: number;
  readonly livemode: boolean;
  /** the account of the API key */
  readonly accountId: string;
};

const always: Readonly<Record<string, string>> = {
  'access-control-allow-credentials': 'true',
  'access-control-allow-methods': 'GET, HEAD, PUT, PATCH, POST, DELETE',
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, X-Stripe-External-Auth-Required, X-Stripe-Privileged-Session-Required',
  'access-control-max-age': '300',
  'cache-control': 'no-cache, no-store',
  'content-security-policy':
    "base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'; img-src 'self'; script-src 'self' 'report-sample'; style-src 'self'; worker-src 'none'; upgrade-insecure-requests; report-uri https://q.stripe.com/csp-violation",
  'content-type': 'application/json',
  'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
  vary: 'Origin',
};

const unauthorized: Readonly<Record<string, string>> = {
  ...always,
  'www-authenticate': 'Bearer realm="Stripe"',
  'x-wc': 'ABGHI',
};

const authorized: Readonly<Record<'live' | 'test', Readonly<Record<string, string>>>> = {
  live: authorizedIn('api-livemode'),
  test: authorizedIn('api-testmode'),
};

/** A 200. Under a key it is saved, and so must not be tried again. */
export function successResponse(exchange: Exchange, object: JsonObject): StripeResponse {
  return { status: 200, headers: headersOf(exchange, { saved: true }), body: render(object) };
}

/** An error with the envelope, headers and trailing newline that Stripe gives it. */
export function failureResponse(exchange: Exchange, failure: Failure): StripeResponse {
  const { status, saved, headers } = failure;
  if (status === 401) return { status, headers: unauthorized, body: errorBody(errorObject(failure)) };
  return {
    status,
    headers: Object.assign(headersOf(exchange, { saved: saved === true }), headers),
    body: errorBody({ ...errorObject(failure), request_log_url: logUrl(exchange) }),
  };
}

/** A saved outcome, answered again. */
export function replayResponse(exchange: Exchange, { outcome, originalRequestId }: Replay): StripeResponse {
  const headers = headersOf(exchange, { saved: true });
  return {
    ...outcome,
    headers: { ...headers, 'original-request': originalRequestId, 'idempotent-replayed': 'true' },
  };
}

const edgeTitles = { 502: '502 Bad Gateway', 503: '503 Service Temporarily Unavailable', 504: '504 Gateway Time-out' };

/** What the edge answers when nothing behind it does: HTML, and none of Stripe's headers. */
export function edgeResponse(status: 502 | 503 | 504 = 502): StripeResponse {
  const title = edgeTitles[status];
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { 'content-type': 'text/html' }, body };
}

function authorizedIn(tier: string): Readonly<Record<string, string>> {
  return {
    ...always,
    'x-stripe-priority-routing-enabled': 'true',
    'x-stripe-routing-context-priority-tier': tier,
    'x-wc': 'ABGHIJ',
  };
}

/** By `Object.assign`: to spread so many names costs V8 forty times as much. */
function headersOf(exchange: Exchange, { saved }: { saved: boolean }): Record<string, string> {
  const { requestId, version, stripeAccount, idempotencyKey, livemode } = exchange;
  const headers: Record<string, string> = { 'request-id': requestId, 'stripe-version': version };
  Object.assign(headers, authorized[livemode ? 'live' : 'test']);
  if (stripeAccount !== undefined) headers['stripe-account'] = stripeAccount;
  if (idempotencyKey === null) return headers;
  headers['idempotency-key'] = idempotencyKey;
  headers['original-request'] = requestId;
  if (saved) headers['stripe-should-retry'] = 'false';
  return headers;
}

/** Where the Dashboard shows the request: at another place since 2026. */
function logUrl({ requestId, version, livemode, accountId, at }: Exchange): string {
  const mode = livemode ? '' : '/test';
  const dashboard = 'https://dashboard.stripe.com';
  if (!has('workbenchLogs', version)) return `${dashboard}${mode}/logs/${requestId}?t=${Math.floor(at / 1000)}`;
  return `${dashboard}/${accountId}${mode}/workbench/logs?object=${requestId}`;
}

function errorBody(error: JsonObject): string {
  return `${render({ error })}\n`;
}
