import type { CustomerReference } from '../../../domain/identifiers.ts';
import { misconfigured } from '../faults.ts';

export type Field = readonly [name: string, value: string];

/** Fields as a form body or a query: the same bytes for the same fields. Throws `GATEWAY_MISCONFIGURED`. */
export function encodeForm(fields: readonly Field[]): string {
  return fields.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

/** An id as one path segment, although its pattern already keeps it inside one. Throws `GATEWAY_MISCONFIGURED`. */
export function segment(id: string): string {
  // Nothing and dots need no character that is encoded, and lead to another path all the same.
  if (id === '' || id === '.' || id === '..') throw misconfigured('an id is no path segment; nothing was sent.');
  return encode(id);
}

export function customerField({ kind, id }: CustomerReference): Field {
  return [kind === 'customer' ? 'customer' : 'customer_account', id];
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw misconfigured('an id or a field holds half a surrogate pair, which no request can carry; nothing was sent.');
  }
}
