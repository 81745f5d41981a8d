import type { AttemptId, PaymentMethodId } from '../domain/identifiers.ts';
import { isTestAlias } from '../domain/identifiers.ts';
import type { PaymentMethodEvent, PaymentMethodState } from '../domain/paymentMethod.ts';
import { evolve, initialState } from '../domain/paymentMethod.ts';
import type { KnownContext } from './commands.ts';
import { decodeEvent, paymentMethodCodec } from './eventCodec.ts';
import type { AppendResult, EventStore, RecordedEvent } from './ports/eventStore.ts';
import type { IdGenerator } from './ports/idGenerator.ts';

/** A payment method's stream as far as it has been seen. */
export type SeenStream = {
  readonly name: string;
  readonly state: PaymentMethodState;
  readonly version: number;
  /** what the next event follows from */
  readonly lastEventId: string | null;
};

/** Events for one stream, decided on what was seen of it. */
export type Change = {
  readonly seen: SeenStream;
  readonly events: readonly PaymentMethodEvent[];
  /** true where the decision holds whatever was recorded since: it queues behind that, and never conflicts */
  readonly isFinal?: boolean;
};

export type Saved =
  | { readonly saved: true; readonly streams: readonly SeenStream[] }
  /** somebody else was first: the same streams with what they had missed folded in */
  | { readonly saved: false; readonly streams: readonly SeenStream[] };

type Conflict = Extract<AppendResult, { result: 'conflict' }>['conflicts'][number];

/** The stream of a payment method; of a test alias, the stream of one attempt on it. */
export function streamName(paymentMethodId: PaymentMethodId, attemptId: AttemptId | undefined): string {
  const own = `paymentMethod-${paymentMethodId}`;
  return isTestAlias(paymentMethodId) && attemptId !== undefined ? `${own}/${attemptId}` : own;
}

/** A stream nothing has been seen of, which is all there is of a new one. */
export function unseen(name: string): SeenStream {
  return { name, state: initialState, version: 0, lastEventId: null };
}

/** Payment method streams, over the event store: decoded, folded, and appended to at the version that was seen. */
export class PaymentMethodStreams {
  readonly #store: EventStore;
  readonly #ids: IdGenerator;

  constructor(store: EventStore, ids: IdGenerator) {
    this.#store = store;
    this.#ids = ids;
  }

  async load(name: string): Promise<SeenStream> {
    return see(unseen(name), await this.#store.readStream(name));
  }

  /** Appends all changes or none. Never throws for a conflict: it answers what was missed, folded. */
  async save(changes: readonly Change[], context: KnownContext): Promise<Saved> {
    const { actor, correlationId } = context;
    const appends = changes.map(({ seen, events, isFinal = false }) => {
      let cause = seen.lastEventId ?? context.causationId ?? null;
      const encoded = events.map((event) => {
        const eventId = this.#ids.next();
        const stored = paymentMethodCodec.encode(event, eventId, { actor, correlationId, causationId: cause });
        cause = eventId;
        return stored;
      });
      const expectedVersion = isFinal ? ('any' as const) : seen.version;
      return { stream: seen.name, expectedVersion, events: encoded };
    });
    const result = await this.#store.append(appends);
    if (result.result === 'appended') {
      return {
        saved: true,
        streams: changes.map(({ seen, events }, index) => ({
          name: seen.name,
          state: events.reduce(evolve, seen.state),
          version: result.streams[index]?.version ?? seen.version,
          lastEventId: appends[index]?.events.at(-1)?.eventId ?? seen.lastEventId,
        })),
      };
    }
    const conflicts = new Map(result.conflicts.map((conflict) => [conflict.stream, conflict]));
    return { saved: false, streams: changes.map(({ seen }) => catchUp(seen, conflicts.get(seen.name))) };
  }
}

/** A stream shorter than it was seen lost its end in a failover: what is known of it is then nothing. */
function catchUp(seen: SeenStream, conflict: Conflict | undefined): SeenStream {
  if (conflict === undefined) return seen;
  return conflict.currentVersion < seen.version ? unseen(seen.name) : see(seen, conflict.missed);
}

function see(seen: SeenStream, recorded: readonly RecordedEvent[]): SeenStream {
  const last = recorded.at(-1);
  if (last === undefined) return seen;
  const state = recorded.reduce((folded, one) => evolve(folded, decodeEvent(one).event), seen.state);
  return { name: seen.name, state, version: last.version, lastEventId: last.eventId };
}
