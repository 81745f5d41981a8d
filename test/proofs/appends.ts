import { randomUUID } from 'node:crypto';
import type {
  EventStore,
  ExpectedVersion,
  RecordedEvent,
  StreamAppend,
} from '../../src/application/ports/eventStore.ts';

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
      data: JSON.stringify({ name, event: (event += 1), of }),
      metadata: '{}',
    })),
  }));
}

export async function readAll(store: EventStore, after = 0): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readTrail({ after })) events.push(event);
  return events;
}

/**
 * What is wrong with a trail of named appends, in words; nothing if positions and versions have no gap, every append is
 * there once and as a whole, and each acknowledged one stands where its writer was told.
 */
export function findFaults(trail: readonly RecordedEvent[], acknowledged: readonly Acknowledgement[]): string[] {
  return [...faultsOfOrder(trail), ...faultsOfAppends(trail), ...faultsOfAcknowledged(trail, acknowledged)];
}

function faultsOfOrder(trail: readonly RecordedEvent[]): string[] {
  const versions = new Map<string, number>();
  const faults: string[] = [];
  trail.forEach(({ position, stream, version }, index) => {
    const expected = (versions.get(stream) ?? 0) + 1;
    if (position !== index + 1) faults.push(`position ${position} stands where ${index + 1} should`);
    if (version !== expected) faults.push(`${stream}: version ${version} stands where ${expected} should`);
    versions.set(stream, version);
  });
  return faults;
}

function faultsOfAppends(trail: readonly RecordedEvent[]): string[] {
  const seen = new Map<string, { first: number; events: number[]; of: number }>();
  for (const { position, data } of trail) {
    const { name, event, of } = parse(data);
    const append = seen.get(name) ?? { first: position, events: [], of };
    if (position !== append.first + append.events.length) append.events.push(Number.NaN);
    append.events.push(event);
    seen.set(name, append);
  }
  return [...seen]
    .filter(([, { events, of }]) => events.length !== of || events.some((event, index) => event !== index + 1))
    .map(([name, { events, of }]) => `${name}: has ${events.join(' ')} of ${of} events in one piece`);
}

function faultsOfAcknowledged(trail: readonly RecordedEvent[], acknowledged: readonly Acknowledgement[]): string[] {
  return acknowledged.flatMap(({ name, streams }) =>
    streams
      .filter(({ stream, version, position }) => {
        const event = trail[position - 1];
        return event?.stream !== stream || event.version !== version || parse(event.data).name !== name;
      })
      .map(({ stream, version, position }) => `${name}: ${stream} ${version} is not at position ${position}`),
  );
}

function parse(data: string): { readonly name: string; readonly event: number; readonly of: number } {
  return JSON.parse(data) as { name: string; event: number; of: number };
}

/** How many appends of one writer are under way at once. */
const atOnce = 6;

/**
 * Appends without a pause until told to stop: to streams of its own at the version it knows, to one shared with other
 * writers at any, to several at once. An append that fails is given up, and the next one begun.
 */
export function keepAppending(
  store: EventStore,
  writer: string,
  on: { acknowledged(told: Acknowledgement): void; failed(error: unknown): void },
): () => Promise<void> {
  let going = true;
  const lane = async (number: number) => {
    const stream = `${writer}-${number}`;
    let version = 0;
    for (let round = 1; going; round += 1) {
      const name = `${stream}/${round}`;
      const own = { stream, expectedVersion: version, count: 1 + (round % 3) };
      const shared = { stream: 'shared', expectedVersion: 'any' as const };
      try {
        const result = await store.append(namedAppend(name, round % 4 === 0 ? [own, shared] : [own]));
        if (result.result === 'appended') on.acknowledged({ name, streams: result.streams });
        // A conflict is an append of this writer's own that went through without its knowing.
        version =
          (result.result === 'appended'
            ? result.streams.find((one) => one.stream === stream)?.version
            : result.conflicts.find((one) => one.stream === stream)?.currentVersion) ?? version;
      } catch (error) {
        on.failed(error);
      }
    }
  };
  const lanes = Promise.all(Array.from({ length: atOnce }, (_, number) => lane(number)));
  return async () => {
    going = false;
    await lanes;
  };
}
