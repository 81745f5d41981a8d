import type { EventStore } from '../ports/eventStore.ts';

/** The part of an event store that reading takes. */
export type TrailSource = Pick<EventStore, 'readTrail' | 'readStream' | 'readHead'>;
