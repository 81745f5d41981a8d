import { randomUUID } from 'node:crypto';
import { isPaymentMethodsError } from '../../src/application/errors.ts';
import type {
  EventStore,
  ExpectedVersion,
  RecordedEvent,
  StreamAppend,
} from '../../src/application/ports/eventStore.ts';

/** What an event of a named append holds: its append's name, which of that append's events it is, and how many those are. */
export type AppendShare = { readonly name: string; readonly event: number; readonly of: number };

/** What a writer was told of an append: that it is there, and where each stream's last event stands. */
export type Acknowledgement = {
  readonly name: string;
  readonly streams: readonly { readonly stream: string; readonly version: number; readonly position: number }[];
};

type Item = { readonly stream: string; readonly expectedVersion: ExpectedVersion; readonly count?: number };

/** An append whose events say which append they are of, and how many belong to it. */
export function namedAppend(name: string, items: readonly Item[]): StreamAppend[] {
  const of = items.reduce((sum, { count = 1 }) => sum + count, 0);
  let event = 0;
  return items.map(({ stream, expectedVersion, count = 1 }) => ({
    stream,
    expectedVersion,
    events: Array.from({ length: count }, () => ({
      eventId: randomUUID(),
      type: 'SomethingHappened',
      data: JSON.stringify({ name, event: (event += 1), of } satisfies AppendShare),
      metadata: '{}',
    })),
  }));
}

export function parseShare(data: string): AppendShare {
  return JSON.parse(data) as AppendShare;
}

export async function readAll(store: EventStore, after = 0): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readTrail({ after })) events.push(event);
  return events;
}

/** How many appends of one writer are under way at once. */
const atOnce = 6;

/**
 * Appends without a pause until the answer is called: to streams of its own at the version it knows, to one shared with
 * other writers at any, to several at once. An append that meets no server, or learns of no commit, is given up, and the
 * next one begun; any other failure is one of the store's, and is thrown.
 */
export function keepAppending(
  store: EventStore,
  writer: string,
  acknowledge: (told: Acknowledgement) => void,
): () => Promise<void> {
  let going = true;
  const lane = async (number: number) => {
    const stream = `${writer}-${number}`;
    let version = 0;
    let gaveUp = false;
    for (let round = 1; going; round += 1) {
      const name = `${stream}/${round}`;
      const own = { stream, expectedVersion: version, count: 1 + (round % 3) };
      const shared = { stream: 'shared', expectedVersion: 'any' as const };
      const items = [[own, shared], [shared], [own], [own]][round % 4] ?? [];
      const result = await store.append(namedAppend(name, items)).catch(asGivenUp);
      if (result === 'givenUp') {
        gaveUp = true;
      } else if (result.result === 'appended') {
        acknowledge({ name, streams: result.streams });
        version = result.streams.find((one) => one.stream === stream)?.version ?? version;
      } else {
        // Nobody else writes to this stream: only an append that was given up may have gone through after all.
        if (!gaveUp) throw new Error(`${name} conflicts with nobody`);
        version = result.conflicts[0]?.currentVersion ?? version;
      }
    }
  };
  const lanes = Promise.all(Array.from({ length: atOnce }, (_, number) => lane(number)));
  return async () => {
    going = false;
    await lanes;
  };
}

function asGivenUp(error: unknown): 'givenUp' {
  if (isPaymentMethodsError(error, 'STORE_UNAVAILABLE') || isPaymentMethodsError(error, 'STORE_COMMIT_UNKNOWN')) {
    return 'givenUp';
  }
  throw error;
}
