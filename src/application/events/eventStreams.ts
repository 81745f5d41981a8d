import type { EventCodec } from './eventCodec.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { AppendResult, EventStore, RecordedEvent, StreamAppend } from '../ports/eventStore.ts';
import type { IdGenerator } from '../ports/idGenerator.ts';
import type { Observer } from '../ports/observer.ts';
import { observe } from '../observing/observe.ts';
import { traceparentOf } from '../observing/traceparent.ts';
import { withoutUnencrypted } from '../privacy/withoutUnencrypted.ts';

type AnyEvent = { readonly type: string; readonly data: unknown };

/** What a stream's events mean: how they are stored, and what they make of a state. */
export type StreamKind<State, Event extends AnyEvent> = {
  readonly codec: EventCodec<Event>;
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
};

/** Why fields of an event that are there did not open. */
export type Unopened = { readonly error: unknown };

/** A stream as far as it has been seen. */
export type SeenStream<State> = {
  readonly name: string;
  readonly state: State;
  readonly version: number;
  /** what the next event follows from */
  readonly lastEventId: string | null;
  /** why fields of it that are there did not open, and read as redacted; null where all did, or are gone for good */
  readonly unopened: Unopened | null;
};

/** Events for one stream, decided on what was seen of it. */
export type Change<State, Event> = {
  readonly seen: SeenStream<State>;
  readonly events: readonly Event[];
  /** true where the decision holds whatever was recorded since: it queues behind that, and never conflicts */
  readonly isFinal?: boolean;
};

/** `saved` is false where somebody else was first: the same streams, with what they had missed folded in. */
export type Saved<State> = { readonly saved: boolean; readonly streams: readonly SeenStream<State>[] };

type Parts = { readonly store: EventStore; readonly ids: IdGenerator; readonly observer?: Observer | undefined };

/** Changes as they are appended, and where the result of it leaves their streams. */
type Prepared<State> = {
  readonly appends: readonly StreamAppend[];
  readonly saved: (result: AppendResult) => Saved<State>;
};

type Conflict = Extract<AppendResult, { result: 'conflict' }>['conflicts'][number];

/** Streams of one kind, over the event store: decoded, folded, and appended to at the version that was seen. */
export class EventStreams<State, Event extends AnyEvent> {
  readonly #kind: StreamKind<State, Event>;
  readonly #store: EventStore;
  readonly #ids: IdGenerator;
  readonly #observer: Observer | undefined;

  constructor(kind: StreamKind<State, Event>, { store, ids, observer }: Parts) {
    this.#kind = kind;
    this.#store = store;
    this.#ids = ids;
    this.#observer = observer;
  }

  /** A stream nothing has been seen of, which is all there is of a new one. */
  unseen(name: string): SeenStream<State> {
    return { name, state: this.#kind.initial, version: 0, lastEventId: null, unopened: null };
  }

  /** The state after these events. */
  evolved(state: State, events: readonly Event[]): State {
    return events.reduce(this.#kind.evolve, state);
  }

  async load(name: string): Promise<SeenStream<State>> {
    return this.#see(this.unseen(name), await this.#store.readStream(name));
  }

  /** Appends all changes or none. Never throws for a conflict: it answers what was missed, folded. */
  async save(wanted: readonly Change<State, Event>[], context: KnownContext): Promise<Saved<State>> {
    const { appends, saved } = this.#prepare(wanted, context);
    return saved(await this.#append(appends));
  }

  /** As `save`, in one transaction with changes to streams of another kind. */
  async saveWith<Other, OtherEvent extends AnyEvent>(
    wanted: readonly Change<State, Event>[],
    others: EventStreams<Other, OtherEvent>,
    wantedOfOthers: readonly Change<Other, OtherEvent>[],
    context: KnownContext,
  ): Promise<Saved<State> & { readonly others: readonly SeenStream<Other>[] }> {
    const own = this.#prepare(wanted, context);
    const other = others.#prepare(wantedOfOthers, context);
    const result = await this.#append([...own.appends, ...other.appends]);
    return { ...own.saved(result), others: other.saved(result).streams };
  }

  #prepare(wanted: readonly Change<State, Event>[], context: KnownContext): Prepared<State> {
    const changes = wanted.map((change) => withoutUnencrypted(change, this.#store.encrypts));
    const appends = changes.map((change) => this.#toAppend(change, context));
    const saved = (result: AppendResult): Saved<State> => {
      if (result.result === 'conflict') {
        const conflicts = new Map(result.conflicts.map((conflict) => [conflict.stream, conflict]));
        return { saved: false, streams: changes.map(({ seen }) => this.#catchUp(seen, conflicts.get(seen.name))) };
      }
      const versions = new Map(result.streams.map(({ stream, version }) => [stream, version]));
      const streams = changes.map(({ seen, events }, index) => ({
        name: seen.name,
        state: this.evolved(seen.state, events),
        version: versions.get(seen.name) ?? seen.version,
        lastEventId: appends[index]?.events.at(-1)?.eventId ?? seen.lastEventId,
        unopened: seen.unopened,
      }));
      return { saved: true, streams };
    };
    return { appends, saved };
  }

  #append(appends: readonly StreamAppend[]): Promise<AppendResult> {
    return observe(
      () => {
        const events = appends.reduce((sum, one) => sum + one.events.length, 0);
        return this.#observer?.append?.({ streams: appends.length, events });
      },
      () => this.#store.append(appends),
      ({ result }) => ({ result }),
    );
  }

  #toAppend({ seen, events, isFinal = false }: Change<State, Event>, context: KnownContext) {
    const { actor, correlationId } = context;
    const traceparent = traceparentOf(this.#observer);
    let cause = seen.lastEventId ?? context.causationId ?? null;
    const encoded = events.map((event) => {
      const eventId = this.#ids.next();
      const stored = this.#kind.codec.encode(event, eventId, {
        actor,
        correlationId,
        causationId: cause,
        traceparent,
      });
      cause = eventId;
      return stored;
    });
    if (isFinal) return { stream: seen.name, expectedVersion: 'any' as const, events: encoded };
    const lastEventId = seen.lastEventId ?? undefined;
    return { stream: seen.name, expectedVersion: seen.version, lastEventId, events: encoded };
  }

  /** Where a failover lost what was seen, that is nothing: the stream is told anew, from its beginning. */
  #catchUp(seen: SeenStream<State>, conflict: Conflict | undefined): SeenStream<State> {
    if (conflict === undefined) return seen;
    const isAnew = conflict.missed[0]?.version === 1 || conflict.currentVersion < seen.version;
    return this.#see(isAnew ? this.unseen(seen.name) : seen, conflict.missed);
  }

  #see(seen: SeenStream<State>, recorded: readonly RecordedEvent[]): SeenStream<State> {
    const last = recorded.at(-1);
    if (last === undefined) return seen;
    let { state, unopened } = seen;
    for (const one of recorded) {
      const decoded = this.#decode(one);
      state = this.#kind.evolve(state, decoded.event);
      unopened ??= decoded.unopened;
    }
    return { name: seen.name, state, version: last.version, lastEventId: last.eventId, unopened };
  }

  /** What does not open reads as redacted: most is decided without it, and a key that is away must keep nobody from detaching. */
  #decode(recorded: RecordedEvent): { readonly event: Event; readonly unopened: Unopened | null } {
    const { codec } = this.#kind;
    try {
      return { event: codec.decode(recorded).event, unopened: null };
    } catch (error) {
      if (recorded.open === undefined) throw error;
      return { event: codec.decode({ ...recorded, open: undefined }).event, unopened: { error } };
    }
  }
}
