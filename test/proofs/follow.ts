import { setTimeout as sleep } from 'node:timers/promises';
import { isPaymentMethodsError } from '../../src/application/errors.ts';
import type { EventStore, RecordedEvent } from '../../src/application/ports/eventStore.ts';

export type Follower = {
  /** all it has read, in the order in which it did */
  readonly seen: readonly RecordedEvent[];
  /** how many of its reads brought something */
  readonly fruitfulReads: () => number;
  /** Reads to the end once more, and ends. */
  stop(): Promise<void>;
};

/** Reads a trail as a subscriber does: on from the last position it has, again and again. Waits for a server that is away. */
export function follow(store: EventStore): Follower {
  const seen: RecordedEvent[] = [];
  let going = true;
  let fruitful = 0;
  const read = async () => {
    const before = seen.length;
    try {
      for await (const event of store.readTrail({ after: seen.at(-1)?.position })) seen.push(event);
    } catch (error) {
      if (!isPaymentMethodsError(error, 'STORE_UNAVAILABLE')) throw error;
    }
    if (seen.length > before) fruitful += 1;
  };
  const reading = (async () => {
    while (going) {
      await read();
      await sleep(5);
    }
    await read();
  })();
  return {
    seen,
    fruitfulReads: () => fruitful,
    async stop() {
      going = false;
      await reading;
    },
  };
}
