import { createHash, randomUUID } from 'node:crypto';
import { InMemoryEventStore } from '../../src/adapters/memory/inMemoryEventStore.ts';
import { genesisHash, hashInput } from '../../src/application/trail/hashInput.ts';
import { all } from '../../src/testing/eventStore/support.ts';
import type {
  EventStore,
  ReadStreamOptions,
  RecordedEvent,
  TrailHead,
} from '../../src/application/ports/eventStore.ts';

/** What a store keeps of one trail, laid open for a test to tamper with. */
export type Trail = { events: RecordedEvent[]; head: TrailHead };

/** The reading side of an `EventStore` over such a trail: rows in the order of their positions, as a table gives them. */
export function viewOf(trail: Trail): Pick<EventStore, 'readTrail' | 'readHead' | 'readStream'> {
  return {
    async *readTrail({ after = 0 } = {}) {
      const rows = after > 0 ? trail.events.filter(({ position }) => position > after) : trail.events;
      yield* rows.toSorted((one, other) => one.position - other.position);
    },
    readHead: async () => trail.head,
    readStream: async (stream: string, { upToVersion = Infinity, upToPosition = Infinity }: ReadStreamOptions = {}) =>
      trail.events
        .filter((event) => event.stream === stream && event.version <= upToVersion && event.position <= upToPosition)
        .toSorted((one, other) => one.version - other.version),
  };
}

/** A trail as a store wrote it: `length` events over a few streams. */
export async function aTrail(length: number, streams = 5): Promise<Trail> {
  const store = new InMemoryEventStore();
  for (let index = 0; index < length; index += 1) {
    const event = {
      eventId: randomUUID(),
      type: 'SomethingHappened',
      data: `{"n":${index}}`,
      metadata: '{"actor":"user-7"}',
    };
    await store.append([{ stream: `a-${index % streams}`, expectedVersion: 'any', events: [event] }]);
  }
  return { events: await all(store), head: await store.readHead() };
}

/** The events as a forger leaves them who knows the rules: hashes recomputed from the first on, and a head that fits. */
export function chained(events: readonly RecordedEvent[]): Trail {
  let hash = genesisHash;
  const rechained = events.map((event) => {
    hash = createHash('sha256').update(hash, 'hex').update(hashInput(event), 'utf8').digest('hex');
    return { ...event, hash };
  });
  return { events: rechained, head: { position: rechained.at(-1)?.position ?? 0, hash } };
}

/** The event at a position; throws if there is none. */
export function eventAt(events: readonly RecordedEvent[], position: number): RecordedEvent {
  const event = events.find((one) => one.position === position);
  if (event === undefined) throw new RangeError(`no event at position ${position}`);
  return event;
}

/** The trail with one event changed, hashes as they were. */
export function changed({ events, head }: Trail, position: number, part: Partial<RecordedEvent>): Trail {
  return { events: events.map((event) => (event.position === position ? { ...event, ...part } : event)), head };
}
