import type { EncryptedGroup } from '../privacy/fieldPolicy.ts';

/**
 * An event about to be written. `data` and `metadata` are JSON texts of an object each, kept to the byte: at most 256 K
 * UTF-16 units together, nested at most 500 deep, without a NUL or half a surrogate pair, be it as an escape.
 */
export type NewEvent = {
  /** A UUID made by the caller: what makes a repeated append recognisable. */
  readonly eventId: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
};

/** An event as it was recorded. Nothing of it ever changes. */
export type RecordedEvent = NewEvent & {
  readonly trail: string;
  /** 1, 2, 3 … in the trail, without a gap */
  readonly position: number;
  readonly stream: string;
  /** 1, 2, 3 … in the stream, without a gap */
  readonly version: number;
  /** RFC 3339, UTC, microseconds: `2025-11-23T07:15:00.000000Z`, by the store's clock */
  readonly recordedAt: string;
  /** SHA-256 over the previous event's hash and this event's fields, 64 hex digits: see `hashInput` */
  readonly hash: string;
  /**
   * `data` with the encrypted fields that this store has a key to in the clear; absent where it has none. For `decodeEvent`:
   * keep what it answers nowhere. Throws `EVENT_INVALID` for a ciphertext that is not this event's, and what kept the key from
   * being read: `KEY_UNREADABLE`, or a store's error.
   */
  readonly open?: (() => string) | undefined;
};

/**
 * What the caller believes of the stream: a version (0 for none), `noStream` (the same as 0), `streamExists`, or `any`,
 * which queues behind other writers and never conflicts.
 */
export type ExpectedVersion = number | 'noStream' | 'streamExists' | 'any';

/** Events for one stream, and what the caller believes of it. */
export type StreamAppend = {
  readonly stream: string;
  readonly expectedVersion: ExpectedVersion;
  /**
   * The event that was seen at the expected version. With another one there, or none, the append conflicts, and what was
   * missed is the whole stream: a failover lost what was seen, and others may have written in its place.
   */
  readonly lastEventId?: string | undefined;
  /** at least one */
  readonly events: readonly NewEvent[];
};

/** What became of an append: all of it is durable, or nothing of it was written. */
export type AppendResult =
  | {
      readonly result: 'appended';
      /** per stream, in the order they were given */
      readonly streams: readonly {
        readonly stream: string;
        /** the stream's version now */
        readonly version: number;
        /** where its last new event stands in the trail */
        readonly position: number;
      }[];
    }
  | {
      readonly result: 'conflict';
      /** the streams whose expected version was wrong */
      readonly conflicts: readonly {
        readonly stream: string;
        readonly expectedVersion: ExpectedVersion;
        readonly currentVersion: number;
        /** what the caller had not seen: all after the version it expected, in order */
        readonly missed: readonly RecordedEvent[];
      }[];
    };

/** Which of the events that are read are opened. */
export type OpeningOptions = {
  /**
   * True of an event whose `open` may be called; all if absent. The keys of others are not asked for, and they have no `open`.
   * A store that encrypts nothing passes over it.
   */
  readonly opens?: ((event: RecordedEvent) => boolean) | undefined;
};

/** Where to stop reading a stream; at its end if absent. */
export type ReadStreamOptions = OpeningOptions & {
  /** read no event recorded after this version */
  readonly upToVersion?: number | undefined;
  /** read no event after this position of the trail */
  readonly upToPosition?: number | undefined;
};

/** Which positions of the trail to read; all if absent. */
export type ReadTrailOptions = OpeningOptions & {
  /** start behind this position; 0 or absent is the beginning */
  readonly after?: number | undefined;
  /** end with this position; with the trail's last event if absent */
  readonly upTo?: number | undefined;
};

/** The last event's position and hash, as the store keeps them to append behind. */
export type TrailHead = { readonly position: number; readonly hash: string };

/**
 * One trail of events: the unit of order and of the hash chain. An event that was acknowledged stays, unchanged, for
 * ever: there is no way to overwrite or remove one.
 */
export interface EventStore {
  /** The trail it is of; absent of a store that does not say. */
  readonly trail?: string | undefined;

  /** The groups of personal fields that it encrypts; none if absent. What is kept only encrypted is left out without it. */
  readonly encrypts?: readonly EncryptedGroup[] | undefined;

  /**
   * Appends to one stream, or to several: all or nothing. When it answers `appended`, the events are durable and every
   * reader sees them, in this order, at consecutive positions. A wrong expected version writes nothing, uses up no
   * position, and answers `conflict` with what the caller had not seen; it is not an error. To repeat a call, with the
   * same event ids, is safe and answers what the first one did; one with `any` or `streamExists`, unless a thousand events
   * went to the stream in between. Throws `STORE_UNAVAILABLE` (nothing was written),
   * `STORE_COMMIT_UNKNOWN` (repeat the call to learn), `STORE_SCHEMA_MISSING`, `STORE_REFUSED` (the database said no),
   * `STORE_OVERLOADED`, `STORE_CLOSED` and `EVENT_INVALID` (these events can never be stored).
   */
  append(appends: readonly StreamAppend[]): Promise<AppendResult>;

  /** A stream's events in the order of their versions; none if there is no such stream. Reads its own writes. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly RecordedEvent[]>;

  /**
   * The trail's events in the order of their positions, up to the head at the time of reading, in constant memory. A
   * position is never skipped, doubled or reordered.
   */
  readTrail(options?: ReadTrailOptions): AsyncIterable<RecordedEvent>;

  /** Where the trail ends now; position 0 and 64 zeros of an empty one. */
  readHead(): Promise<TrailHead>;

  /** Lets what was asked for finish, then refuses more. Leaves what the host passed in (a pool) open. */
  close(): Promise<void>;
}
