import type { StripeRequestBegun } from '../../application/ports/observer.ts';
import type { WireRequest } from './transport/exchange.ts';

const modePattern = /^(?:sk|rk)_(?:org_)?(live|test)_/;

/** A request as an observer is told of it: without the headers, which hold the key, and without the body. */
export function begunRequest({ method, origin, path, headers }: WireRequest, tryNumber: number): StripeRequestBegun {
  const header = (name: string) => headers[headers.indexOf(name) + 1] ?? '';
  const apiVersion = header('stripe-version');
  return { method, origin, path, route: routeOf(path), apiVersion, tryNumber, isLive: isLive(header('authorization')) };
}

/** `/v1/payment_methods/pm_1/attach` to `/v1/payment_methods/{id}/attach`: the third segment is always an id. */
function routeOf(path: string): string {
  const [bare = ''] = path.split('?', 1);
  return bare.replace(/^(\/v1\/[a-z_]+)\/[^/]+/, '$1/{id}');
}

function isLive(authorization: string): boolean | null {
  const [scheme = '', sent = ''] = authorization.split(' ');
  const key = scheme === 'Basic' ? Buffer.from(sent, 'base64').toString() : sent;
  const mode = modePattern.exec(key)?.[1];
  return mode === undefined ? null : mode === 'live';
}
