import { randomUUID } from 'node:crypto';
import type {
  AppendResult,
  EventStore,
  ExpectedVersion,
  NewEvent,
  RecordedEvent,
} from '../../application/ports/eventStore.ts';

/** One promise of a port, as a test: give `name` and `run` to `it` of vitest, node:test or any other runner. */
export type ContractCase = { readonly name: string; readonly run: () => Promise<void> };

/** A store on an empty trail; with a name, a further store on the trail of that name. */
export type MakeStore = (trail?: string) => Promise<EventStore>;

export function anEvent(part: Partial<NewEvent> = {}): NewEvent {
  return { eventId: randomUUID(), type: 'SomethingHappened', data: '{"a":1}', metadata: '{"actor":"test"}', ...part };
}

export function append(store: EventStore, stream: string, expectedVersion: ExpectedVersion): Promise<AppendResult> {
  return store.append([{ stream, expectedVersion, events: [anEvent()] }]);
}

export async function all(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readTrail()) events.push(event);
  return events;
}

export function appendedStreams(result: AppendResult) {
  return result.result === 'appended' ? result.streams : [];
}

export function conflictsOf(result: AppendResult) {
  return result.result === 'conflict' ? result.conflicts : [];
}

export function versions(events: readonly RecordedEvent[]): number[] {
  return events.map(({ version }) => version);
}
