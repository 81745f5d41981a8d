export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** The text Stripe sends: two spaces of indent; `id`, `object`, then the other keys by name. */
export function render(value: JsonObject): string {
  return JSON.stringify(inStripeOrder(value), null, 2);
}

/** The same object where it is in order already, which most are: they are written down in order. */
function inStripeOrder<Value extends Json>(value: Value): Json {
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.some((item) => inStripeOrder(item) !== item) ? value.map(inStripeOrder) : value;
  const object: JsonObject = value;
  const names = Object.keys(object);
  const isOrdered = names.every((name, index) => index === 0 || compareKeys(names[index - 1] ?? '', name) < 0);
  if (isOrdered && names.every((name) => inStripeOrder(object[name] ?? null) === object[name])) return object;
  return Object.fromEntries(names.toSorted(compareKeys).map((name) => [name, inStripeOrder(object[name] ?? null)]));
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** True for a JSON object: no list, no null. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function compareKeys(one: string, other: string): number {
  const difference = rank(one) - rank(other);
  if (difference !== 0) return difference;
  return one < other ? -1 : 1;
}

function rank(key: string): number {
  if (key === 'id') return 0;
  return key === 'object' ? 1 : 2;
}
