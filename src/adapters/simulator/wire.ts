export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** A request as it arrives at Stripe. */
export type StripeRequest = {
  readonly method: string;
  /** percent-encoded, without the query: `/v1/payment_methods/pm_1/attach` */
  readonly path: string;
  /** what stands behind the `?` */
  readonly query?: string | undefined;
  /** names in lower case */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  /** the form text, as sent */
  readonly body?: string | undefined;
};

/** A response as it leaves Stripe. */
export type StripeResponse = {
  readonly status: number;
  /** names in lower case */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** The text Stripe sends: two spaces of indent; `id`, `object`, then the other keys by name. */
export function render(value: JsonObject): string {
  return JSON.stringify(inStripeOrder(value), null, 2);
}

function inStripeOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inStripeOrder);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => compareKeys(one, other))
      .map(([key, inner]) => [key, inStripeOrder(inner)]),
  );
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
