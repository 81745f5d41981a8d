import type { Failure } from './failures.ts';
import type { Json, JsonObject, StripeResponse } from './wire.ts';
import { render } from './wire.ts';

/** One request on its way through the account: what its response's headers are made of. */
export type Exchange = {
  readonly requestId: string;
  readonly version: string;
  readonly stripeAccount: string | undefined;
  /** only of a POST: elsewhere a key has no effect */
  readonly idempotencyKey: string | null;
  /** unix milliseconds */
  readonly at: number;
};

const always: Readonly<Record<string, string>> = {
  'access-control-allow-credentials': 'true',
  'access-control-allow-methods': 'GET, HEAD, PUT, PATCH, POST, DELETE',
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, X-Stripe-External-Auth-Required, X-Stripe-Privileged-Session-Required',
  'access-control-max-age': '300',
  'cache-control': 'no-cache, no-store',
  'content-type': 'application/json',
  'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
  vary: 'Origin',
};

const authenticatedOnly: Readonly<Record<string, string>> = {
  'content-security-policy': "base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-stripe-priority-routing-enabled': 'true',
  'x-stripe-routing-context-priority-tier': 'api-testmode',
};

/** A 200. Under a key it is saved, and so must not be tried again. */
export function successResponse(exchange: Exchange, object: JsonObject): StripeResponse {
  return { status: 200, headers: headersOf(exchange, { saved: true }), body: render(object) };
}

/** An error with the envelope, headers and trailing newline that Stripe gives it. */
export function failureResponse(exchange: Exchange, failure: Failure): StripeResponse {
  const { status, saved } = failure;
  if (status === 401) return unauthorizedResponse(failure);
  const request_log_url = `https://dashboard.stripe.com/test/logs/${exchange.requestId}?t=${Math.floor(exchange.at / 1000)}`;
  return {
    status,
    headers: { ...headersOf(exchange, { saved: saved === true }), ...failure.headers },
    body: errorBody({ ...errorOf(failure), request_log_url }),
  };
}

/** A saved outcome, answered again. */
export function replayResponse(
  exchange: Exchange,
  { outcome, originalRequestId }: { outcome: { status: number; body: string }; originalRequestId: string },
): StripeResponse {
  const headers = { ...headersOf(exchange, { saved: true }), 'original-request': originalRequestId };
  return { ...outcome, headers: { ...headers, 'idempotent-replayed': 'true' } };
}

/** What the edge answers when nothing behind it does. */
export const badGatewayResponse: StripeResponse = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n',
};

function unauthorizedResponse(failure: Failure): StripeResponse {
  return {
    status: failure.status,
    headers: { ...always, 'www-authenticate': 'Bearer realm="Stripe"' },
    body: errorBody(errorOf(failure)),
  };
}

function headersOf(exchange: Exchange, { saved }: { saved: boolean }): Readonly<Record<string, string>> {
  const { requestId, version, stripeAccount, idempotencyKey } = exchange;
  return {
    ...always,
    ...authenticatedOnly,
    'request-id': requestId,
    'stripe-version': version,
    ...(stripeAccount === undefined ? {} : { 'stripe-account': stripeAccount }),
    ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey, 'original-request': requestId }),
    ...(idempotencyKey !== null && saved ? { 'stripe-should-retry': 'false' } : {}),
  };
}

function errorOf(failure: Failure): Record<string, Json> {
  const { type, message, code, declineCode, param, adviceCode, networkDeclineCode } = failure;
  return {
    type,
    message,
    ...(adviceCode === undefined ? {} : { advice_code: adviceCode }),
    ...(code === undefined
      ? {}
      : { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
    ...(declineCode === undefined ? {} : { decline_code: declineCode }),
    ...(networkDeclineCode === undefined ? {} : { network_decline_code: networkDeclineCode }),
    ...(param === undefined ? {} : { param }),
  };
}

function errorBody(error: JsonObject): string {
  return `${render({ error })}\n`;
}
