/** No more are held than this, however few of them count. */
const maxHeld = 1000;

/**
 * What an iterable brings, so many at a time; the last batch may be smaller, and none is empty. Where only some count, a
 * batch is as long as it must be to hold so many of these, within reason.
 */
export async function* batches<Item>(
  items: AsyncIterable<Item>,
  size: number,
  counts: (item: Item) => boolean = () => true,
): AsyncGenerator<readonly Item[], void, undefined> {
  let batch: Item[] = [];
  let counted = 0;
  for await (const item of items) {
    batch.push(item);
    if (counts(item)) counted += 1;
    if (counted < size && batch.length < Math.max(size, maxHeld)) continue;
    yield batch;
    batch = [];
    counted = 0;
  }
  if (batch.length > 0) yield batch;
}
