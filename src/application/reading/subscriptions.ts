import { PaymentMethodsError } from '../errors.ts';
import type { TrailEvent } from '../events/eventTypes.ts';
import type { AppendHints } from '../ports/appendHints.ts';
import type { Checkpoint, Checkpoints, SkipDecision, SkippedEvent } from '../ports/checkpoints.ts';
import type { Timers } from '../ports/timers.ts';
import type { Deliver } from './delivery.ts';
import { atLeastOnce, exactlyOnce } from './delivery.ts';
import type { Place } from './readCommand.ts';
import { parseRead } from './readCommand.ts';
import type { SubscriptionHooks, SubscriptionSettings } from './subscription.ts';
import { Subscription } from './subscription.ts';
import type { RecordOf } from './trail.ts';
import { Trail } from './trail.ts';
import type { TrailSource } from './trailSource.ts';

/** The ports that `Subscriptions` works by. */
export type SubscriptionsParts<Transaction> = {
  readonly eventStore: TrailSource;
  readonly checkpoints: Checkpoints<Transaction>;
  readonly timers: Timers;
  /** makes subscriptions look sooner; they look every `pollMs` with it or without */
  readonly hints?: AppendHints | undefined;
};

/** Exactly one of `handle` and `handleInTransaction`. */
export type SubscribeOptions<Type extends TrailEvent['type'], Transaction> = Partial<SubscriptionSettings> &
  SubscriptionHooks & {
    /** whose checkpoint it is: 1 to 100 letters, digits or any of `. _ : -` */
    readonly consumer: string;
    /** these types of events alone */
    readonly types?: readonly Type[] | undefined;
    /** where to start while the consumer has no checkpoint: behind a place, or behind the `end`; at the beginning if absent */
    readonly from?: Place | 'end' | undefined;
    /** closes it, as `close` does */
    readonly signal?: AbortSignal | undefined;
  } & (
    | {
        /** At least once: what it did when a crash comes before the checkpoint, it does again. Run one process at a time. */
        readonly handle: (record: RecordOf<Type>) => Promise<void> | void;
        readonly handleInTransaction?: undefined;
      }
    | {
        /** Exactly once: what it writes by the transaction is committed with the checkpoint, or not at all. */
        readonly handleInTransaction: (record: RecordOf<Type>, transaction: Transaction) => Promise<void> | void;
        readonly handle?: undefined;
      }
  );

const consumerPattern = /^[A-Za-z0-9._:-]{1,100}$/;
const longestTimerMs = 2 ** 31 - 1;

/**
 * Consumers that follow a trail, each from its own checkpoint, in order, leaving out nothing. An event that a consumer
 * cannot take stops that consumer alone, until somebody lets it try again or decides, on record, to skip the event.
 */
export class Subscriptions<Transaction = unknown> {
  readonly #parts: SubscriptionsParts<Transaction>;

  constructor(parts: SubscriptionsParts<Transaction>) {
    this.#parts = parts;
  }

  /** Begins to follow the trail, and goes on until it is closed. Throws `INVALID_OPTIONS` and `INVALID_COMMAND`. */
  subscribe<Type extends TrailEvent['type'] = TrailEvent['type']>(
    options: SubscribeOptions<Type, Transaction>,
  ): Subscription {
    const { eventStore, checkpoints, timers, hints } = this.#parts;
    const { consumer, from = 0, types, signal, onProblem, onStopped } = options;
    const settings = checkSettings(options);
    parseRead({ types, after: from === 'end' ? undefined : from });
    const wanted = types === undefined ? null : new Set<string>(types);
    const isWanted = ({ type }: { readonly type: string }) => wanted?.has(type) !== false;
    return new Subscription(
      {
        ...settings,
        onProblem,
        onStopped,
        consumer,
        eventStore,
        checkpoints,
        timers,
        hints,
        start: () => this.#start(consumer, from),
        isWanted,
        deliver: (isEnding) => this.#deliverTo(options, isWanted, isEnding),
      },
      signal,
    );
  }

  /** How far a consumer has come, and where it has stopped; null where there is none of this name. */
  async status(consumer: string): Promise<Checkpoint | null> {
    return this.#parts.checkpoints.read(consumer);
  }

  /** Lets a consumer that has stopped try the event again. `notStopped` where it has not, or at another event. */
  async resume(consumer: string, { position }: { readonly position: number }): Promise<'resumed' | 'notStopped'> {
    return this.#parts.checkpoints.resume(consumer, position);
  }

  /** Lets a consumer that has stopped go on behind that event, and records who decided it and why, both or neither. */
  async skip(consumer: string, decision: SkipDecision): Promise<'skipped' | 'notStopped'> {
    const { position, actor, reason } = decision;
    if (actor.trim() === '' || reason.trim() === '') {
      throw new PaymentMethodsError('INVALID_OPTIONS', 'Say who skips the event (actor) and why (reason).');
    }
    return this.#parts.checkpoints.skip(consumer, { position, actor, reason });
  }

  /** What was skipped, by whom and why, in the order of the trail. */
  async skipped(consumer: string): Promise<readonly SkippedEvent[]> {
    return this.#parts.checkpoints.skipped(consumer);
  }

  /** Found anew until the consumer has a checkpoint; after that, it does not matter. */
  async #start(consumer: string, from: Place | 'end'): Promise<number> {
    if (typeof from === 'number') return from;
    const { eventStore, checkpoints } = this.#parts;
    const present = await checkpoints.read(consumer);
    if (present !== null) return present.position;
    if (from === 'end') return (await eventStore.readHead()).position;
    return new Trail({ eventStore }).positionAt(from);
  }

  #deliverTo<Type extends TrailEvent['type']>(
    options: SubscribeOptions<Type, Transaction>,
    isWanted: (event: { readonly type: string }) => boolean,
    isEnding: () => boolean,
  ): Deliver {
    const { checkpoints } = this.#parts;
    const consumer = { name: options.consumer, checkpoints, isWanted };
    // Only events of these types are let through.
    return options.handle === undefined
      ? exactlyOnce(consumer, (record, transaction) =>
          options.handleInTransaction(record as RecordOf<Type>, transaction),
        )
      : atLeastOnce(consumer, (record) => options.handle(record as RecordOf<Type>), isEnding);
  }
}

function checkSettings(
  options: Partial<SubscriptionSettings> & {
    readonly consumer: string;
    readonly handle?: unknown;
    readonly handleInTransaction?: unknown;
  },
): SubscriptionSettings {
  const { consumer, handle, handleInTransaction } = options;
  if (!consumerPattern.test(consumer)) {
    throw invalid(`consumer must be 1 to 100 letters, digits or any of . _ : -; it is ${JSON.stringify(consumer)}`);
  }
  if ((typeof handle === 'function') === (typeof handleInTransaction === 'function')) {
    throw invalid('Give exactly one of handle and handleInTransaction, a function');
  }
  const { batchEvents = handle === undefined ? 1 : 100, maxTries = 5, pollMs = 1000 } = options;
  for (const [name, value] of Object.entries({ batchEvents, maxTries, pollMs })) {
    if (Number.isInteger(value) && value >= 1 && value <= longestTimerMs) continue;
    throw invalid(`${name} must be a whole number from 1; it is ${value}`);
  }
  return { batchEvents, maxTries, pollMs };
}

function invalid(message: string): PaymentMethodsError {
  return new PaymentMethodsError('INVALID_OPTIONS', `${message}.`);
}
