import { randomUUID } from 'node:crypto';
import type { EventMetadata, TrailRecord } from '../../application/events/eventCodec.ts';
import { EventCodec } from '../../application/events/eventCodec.ts';
import type { TrailEvent } from '../../application/events/eventTypes.ts';
import { eventTypes } from '../../application/events/eventTypes.ts';
import { customerStreamName, setupStreamName, streamName } from '../../application/events/streams.ts';
import type { EventStore } from '../../application/ports/eventStore.ts';

type Context = Omit<EventMetadata, 'schemaVersion'>;

const codec = new EventCodec<TrailEvent>(eventTypes);
const usual: Context = { actor: 'user-7', correlationId: 'checkout-9', causationId: null };

/** An event as it is read from a trail: at position 1, by `user-7`, where nothing else is said. Its hash is zeros. */
export function aRecord<Event extends TrailEvent>(
  event: Event,
  { position = 1, ...part }: Partial<Omit<TrailRecord, 'event'>> = {},
): TrailRecord<Event> {
  return {
    position,
    stream: streamOf(event),
    version: position,
    eventId: `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`,
    recordedAt: '2025-11-23T12:00:00.000000Z',
    hash: '0'.repeat(64),
    metadata: { schemaVersion: 1, ...usual },
    ...part,
    event,
  };
}

/**
 * Writes events to the ends of their own streams, one by one, as if they had happened: the past of a test. Throws
 * `EVENT_INVALID` for one that does not fit its schema, and what the store throws.
 */
export async function recordEvents(
  eventStore: Pick<EventStore, 'append'>,
  events: readonly TrailEvent[],
  context: Partial<Context> = {},
): Promise<void> {
  for (const event of events) {
    const encoded = codec.encode(event, randomUUID(), { ...usual, ...context });
    await eventStore.append([{ stream: streamOf(event), expectedVersion: 'any', events: [encoded] }]);
  }
}

function streamOf({ type, data }: TrailEvent): string {
  if (type.startsWith('Setup') && 'attemptId' in data && data.attemptId !== null)
    return setupStreamName(data.attemptId);
  if ('customerId' in data) return customerStreamName(data.customerId);
  if (type === 'CustomerForgotten' && 'customer' in data && data.customer !== null)
    return customerStreamName(data.customer.id);
  if (!('paymentMethodId' in data)) throw new TypeError(`An event of type ${type} belongs to no stream.`);
  return streamName(data.paymentMethodId, 'attemptId' in data ? (data.attemptId ?? undefined) : undefined);
}
