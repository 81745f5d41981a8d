import type { Missing, StripeFailure } from '../wire/failures.ts';
import { textOf } from '../wire/form.ts';
import type { JsonObject } from '../wire/json.ts';
import type { Shapes } from '../wire/parameters.ts';
import { integerOf, rangeOf } from '../wire/parameters.ts';
import { requestFailures } from '../wire/requestFailures.ts';
import type { Collection, Selection } from '../world/collection.ts';
import type { Context } from './context.ts';

/** The parameters every list takes (https://docs.stripe.com/api/pagination). */
export const pageShapes = {
  limit: 'integer',
  starting_after: 'text',
  ending_before: 'text',
  expand: 'list',
} as const satisfies Shapes;

type Dated = { readonly id: string; readonly created: number };

type Listed<Kept extends Dated, Index extends string> = {
  readonly collection: Collection<Kept, Index>;
  /** those with one of these keys in this index; all of them where absent */
  readonly by?: Selection<Index> | undefined;
  readonly isWanted?: (record: Kept) => boolean;
  readonly show: (record: Kept) => JsonObject;
  readonly noSuchCursor: (id: string, where: Pick<Missing, 'status' | 'param'>) => StripeFailure;
  readonly url: string;
};

/** One page, newest first, by `limit`, `starting_after` or `ending_before`, and `created` where the endpoint takes it. */
export function listObject<Kept extends Dated, Index extends string>(
  { parameters }: Context,
  { collection, by, isWanted = () => true, show, noSuchCursor, url }: Listed<Kept, Index>,
): JsonObject {
  const limit = integerOf(parameters, 'limit', { min: 1, max: 100 }) ?? 10;
  const [startingAfter, endingBefore] = [textOf(parameters, 'starting_after'), textOf(parameters, 'ending_before')];
  if (startingAfter !== undefined && endingBefore !== undefined) {
    throw requestFailures.exclusiveParameters(['starting_after', 'ending_before']);
  }
  const after = startingAfter ?? endingBefore;
  if (after !== undefined && !collection.has(after)) {
    const param = startingAfter === undefined ? 'ending_before' : 'starting_after';
    throw noSuchCursor(after, { status: 400, param });
  }
  const direction = endingBefore === undefined ? 'newestFirst' : 'oldestFirst';
  const created = rangeOf(parameters, 'created');
  const found: Kept[] = [];
  for (const record of collection.walk({ by, after, direction })) {
    const isBeyond = direction === 'newestFirst' && created.isAbove(record.created);
    if (found.length > limit || isBeyond) break;
    if (created.includes(record.created) && isWanted(record)) found.push(record);
  }
  const page = found.slice(0, limit).map(show);
  const data = direction === 'newestFirst' ? page : page.toReversed();
  return { object: 'list', data, has_more: found.length > limit, url };
}
