import { isPaymentMethodsError } from '../errors.ts';
import type { TrailRecord } from '../events/eventCodec.ts';
import { decodeEvent } from '../events/eventCodec.ts';
import type { Checkpoints } from '../ports/checkpoints.ts';
import type { RecordedEvent } from '../ports/eventStore.ts';

/** An event that was not handled; a final failure would be the same again. */
export type Failure = { readonly event: RecordedEvent; readonly error: unknown; readonly isFinal: boolean };

/** How far the consumer came, and what it failed at; or `outrun`: somebody else moved it. */
export type Delivered = { readonly to: number; readonly failure: Failure | null } | 'outrun';

/** Hands a batch of events, which stand behind `from`, to a consumer's handler, and moves its checkpoint on. */
export type Deliver = (batch: readonly RecordedEvent[], from: number) => Promise<Delivered>;

type Consumer<Transaction> = {
  readonly name: string;
  readonly checkpoints: Checkpoints<Transaction>;
  readonly isWanted: (event: RecordedEvent) => boolean;
};

type Decoded = { readonly event: RecordedEvent; readonly record: TrailRecord };

/** One by one, and then the checkpoint: what a crash comes between is handled again. Ends early once `isEnding`. */
export function atLeastOnce<Transaction>(
  { name, checkpoints, isWanted }: Consumer<Transaction>,
  handle: (record: TrailRecord) => Promise<void> | void,
  isEnding: () => boolean,
): Deliver {
  return async (batch, from) => {
    let to = from;
    let failure: Failure | null = null;
    for (const event of batch) {
      if (isEnding()) break;
      failure = isWanted(event) ? await handleOne(event, handle) : null;
      if (failure !== null) break;
      to = event.position;
    }
    if (to > from && (await checkpoints.advance(name, from, to)) === 'outrun') return 'outrun';
    return { to, failure };
  };
}

/** All of the batch and the checkpoint in one transaction; where the handler fails, all before that event. */
export function exactlyOnce<Transaction>(
  { name, checkpoints, isWanted }: Consumer<Transaction>,
  handle: (record: TrailRecord, transaction: Transaction) => Promise<void> | void,
): Deliver {
  const commit = async (events: readonly Decoded[], from: number, to: number): Promise<Delivered> => {
    if (to === from) return { to, failure: null };
    if (events.length === 0) {
      return (await checkpoints.advance(name, from, to)) === 'outrun' ? 'outrun' : { to, failure: null };
    }
    let at: RecordedEvent | null = null;
    try {
      const result = await checkpoints.transact(name, from, to, async (transaction) => {
        for (const { event, record } of events) {
          at = event;
          await handle(record, transaction);
        }
      });
      return result === 'outrun' ? 'outrun' : { to, failure: null };
    } catch (error) {
      const failed = at as RecordedEvent | null;
      if (failed === null || isStoreFault(error)) throw error;
      const before = await commit(
        events.filter(({ event }) => event.position < failed.position),
        from,
        failed.position - 1,
      );
      return before === 'outrun' ? before : { to: before.to, failure: before.failure ?? failureOf(failed, error) };
    }
  };
  return async (batch, from) => {
    const { decoded, failure } = decodeAll(batch.filter(isWanted));
    const last = failure === null ? (batch.at(-1)?.position ?? from) : failure.event.position - 1;
    const delivered = await commit(decoded, from, last);
    return delivered === 'outrun' ? delivered : { to: delivered.to, failure: delivered.failure ?? failure };
  };
}

/** True of what the store, or the keys, throw when they are away or overloaded: the same may go well later. */
export function isStoreFault(error: unknown): boolean {
  return (['STORE_UNAVAILABLE', 'STORE_COMMIT_UNKNOWN', 'STORE_OVERLOADED'] as const).some((code) =>
    isPaymentMethodsError(error, code),
  );
}

async function handleOne(
  event: RecordedEvent,
  handle: (record: TrailRecord) => Promise<void> | void,
): Promise<Failure | null> {
  const { decoded, failure } = decodeAll([event]);
  try {
    for (const { record } of decoded) await handle(record);
    return failure;
  } catch (error) {
    return failureOf(event, error);
  }
}

/** Up to the first that cannot be decoded, which no repetition helps, unless it is its key that is not there. */
function decodeAll(events: readonly RecordedEvent[]): {
  readonly decoded: readonly Decoded[];
  readonly failure: Failure | null;
} {
  const decoded: Decoded[] = [];
  for (const event of events) {
    try {
      decoded.push({ event, record: decodeEvent(event) });
    } catch (error) {
      return { decoded, failure: { event, error, isFinal: isPaymentMethodsError(error, 'EVENT_INVALID') } };
    }
  }
  return { decoded, failure: null };
}

function failureOf(event: RecordedEvent, error: unknown): Failure {
  return { event, error, isFinal: false };
}
