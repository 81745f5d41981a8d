import * as z from 'zod';
import type { CustomerEvent } from '../../domain/customer.ts';
import type { PaymentMethodEvent } from '../../domain/paymentMethodEvents.ts';
import type { SetupEvent } from '../../domain/setup.ts';
import { PaymentMethodsError } from '../errors.ts';
import { mayHoldEncrypted, redactEncrypted } from '../privacy/ciphertexts.ts';
import type { EventType } from './eventSchemaParts.ts';
import type { TrailEvent } from './eventTypes.ts';
import { customerEventTypes, eventTypes, setupEventTypes } from './eventTypes.ts';
import { paymentMethodEventTypes } from './paymentMethodEventTypes.ts';
import type { NewEvent, RecordedEvent } from '../ports/eventStore.ts';

/** What rides beside every event: who, in the course of what, and in which version its data is written. */
export type EventMetadata = {
  readonly schemaVersion: number;
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** the W3C traceparent of the call that recorded it; absent where nothing was traced */
  readonly traceparent?: string | undefined;
};

/** An event as it was recorded, decoded and brought to its newest version. */
export type TrailRecord<Event extends TrailEvent = TrailEvent> = Pick<
  RecordedEvent,
  'position' | 'stream' | 'version' | 'eventId' | 'recordedAt' | 'hash'
> & { readonly event: Event; readonly metadata: EventMetadata };

/** A recorded event of a payment method's stream, decoded and checked. */
export type PaymentMethodRecord = TrailRecord<PaymentMethodEvent>;

/** What every event's `metadata` has. */
export const metadataSchema = z.object({
  schemaVersion: z.int().min(1),
  actor: z.string(),
  correlationId: z.string(),
  causationId: z.string().nullable(),
  traceparent: z.string().optional(),
});

/**
 * Between domain events and stored ones, checked both ways with the same schema. Stored bytes never change: an old version
 * is brought up step by step when it is read.
 */
export class EventCodec<Event extends { readonly type: string; readonly data: unknown }> {
  readonly #types: ReadonlyMap<string, EventType>;

  constructor(types: Readonly<Record<Event['type'], EventType>>) {
    this.#types = new Map(Object.entries(types));
  }

  /** Throws `EVENT_INVALID` on an event that does not fit its own schema. */
  encode(event: Event, eventId: string, context: Omit<EventMetadata, 'schemaVersion'>): NewEvent {
    const eventType = this.#typeOf(event.type, eventId);
    const data = this.#check(event.type, eventType.schema, event.data, eventId);
    const metadata: EventMetadata = { schemaVersion: eventType.version, ...context };
    return { eventId, type: event.type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
  }

  /** Throws `EVENT_INVALID` on a type or version it does not know, or data that does not fit, and what `open` throws. */
  decode(recorded: Pick<RecordedEvent, 'eventId' | 'type' | 'data' | 'metadata' | 'open'>): {
    readonly event: Event;
    readonly metadata: EventMetadata;
  } {
    const { eventId, type, open } = recorded;
    const metadata = this.#check(type, metadataSchema, parseJson(recorded.metadata), eventId);
    const { version, schema, upcasters } = this.#typeOf(type, eventId);
    if (metadata.schemaVersion > version) {
      throw invalid(
        type,
        eventId,
        `is of version ${metadata.schemaVersion}; this package knows ${version}. Upgrade it`,
      );
    }
    const upcast = upcasters.slice(metadata.schemaVersion - 1);
    const text = open === undefined ? recorded.data : open();
    // What nobody opened is redacted in the version that it was written in, which says where it stands.
    const readable = parseJson(text, mayHoldEncrypted(text) ? redactEncrypted : undefined);
    const data = upcast.reduce((older, step) => step(older), readable);
    const event = { type, data: this.#check(type, schema, data, eventId) };
    // The schema of a type answers that type's data: a type test holds the two together.
    return { event: event as unknown as Event, metadata };
  }

  #typeOf(type: string, eventId: string): EventType {
    const known = this.#types.get(type);
    if (known === undefined) throw invalid(type, eventId, 'is of a type this package does not know. Upgrade it');
    return known;
  }

  #check<Schema extends z.ZodType>(type: string, schema: Schema, data: unknown, eventId: string): z.output<Schema> {
    const result = schema.safeParse(data);
    if (result.success) return result.data;
    const paths = result.error.issues.map(({ path, code }) => `${path.join('.')} (${code})`).join(', ');
    throw invalid(type, eventId, `does not fit its schema at ${paths}. See docs/events.md`);
  }
}

export const paymentMethodCodec = new EventCodec<PaymentMethodEvent>(paymentMethodEventTypes);
export const customerCodec = new EventCodec<CustomerEvent>(customerEventTypes);
export const setupCodec = new EventCodec<SetupEvent>(setupEventTypes);
const trailCodec = new EventCodec<TrailEvent>(eventTypes);

/** A stored event as the domain knows it. Throws `EVENT_INVALID` when it cannot be read. */
export function decodeEvent(recorded: RecordedEvent): TrailRecord {
  return decodeWith(trailCodec, recorded);
}

/** The same with every encrypted field `redacted`, whoever can open it: for what is kept outside the trail. */
export function decodeClosed(recorded: RecordedEvent): TrailRecord {
  return decodeWith(trailCodec, { ...recorded, open: undefined });
}

/** As `decodeEvent`, of a payment method's stream. */
export function decodePaymentMethodEvent(recorded: RecordedEvent): PaymentMethodRecord {
  return decodeWith(paymentMethodCodec, recorded);
}

function decodeWith<Event extends TrailEvent>(codec: EventCodec<Event>, recorded: RecordedEvent): TrailRecord<Event> {
  const { position, stream, version, eventId, recordedAt, hash } = recorded;
  return { position, stream, version, eventId, recordedAt, hash, ...codec.decode(recorded) };
}

function parseJson(text: string, revive?: (name: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, revive);
  } catch {
    return undefined;
  }
}

function invalid(type: string, eventId: string, problem: string): PaymentMethodsError {
  return new PaymentMethodsError('EVENT_INVALID', `Event ${eventId} (${type}) ${problem}.`, {
    details: { type, eventId },
  });
}
