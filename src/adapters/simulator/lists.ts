import type { Context } from './context.ts';
import type { StripeFailure } from './failures.ts';
import { textOf } from './form.ts';
import { integerOf } from './parameters.ts';
import type { JsonObject } from './wire.ts';

type Listed<Kept> = {
  readonly show: (record: Kept) => JsonObject;
  readonly noSuchCursor: (id: string, param: string) => StripeFailure;
};

/** One page by `limit` and `starting_after` (https://docs.stripe.com/api/pagination). */
export function listObject<Kept extends { readonly id: string }>(
  context: Context,
  records: readonly Kept[],
  url: string,
  { show, noSuchCursor }: Listed<Kept>,
): JsonObject {
  const limit = integerOf(context.parameters, 'limit', { min: 1, max: 100 }) ?? 10;
  const after = textOf(context.parameters, 'starting_after');
  const cursor = after === undefined ? -1 : records.findIndex((record) => record.id === after);
  if (after !== undefined && cursor === -1) throw noSuchCursor(after, 'starting_after');
  const rest = records.slice(cursor + 1);
  return { object: 'list', data: rest.slice(0, limit).map(show), has_more: rest.length > limit, url };
}
