import type { AppendHints } from '../ports/appendHints.ts';
import type { Checkpoint, Checkpoints, StoppedAt } from '../ports/checkpoints.ts';
import type { EventStore, RecordedEvent } from '../ports/eventStore.ts';
import type { Timers } from '../ports/timers.ts';
import { batches } from './batches.ts';
import type { Deliver, Failure } from './delivery.ts';
import { isStoreFault } from './delivery.ts';

/** How a subscription ended: it was closed, or the store refuses what it needs. */
export type SubscriptionEnd = { readonly ended: 'closed' } | { readonly ended: 'failed'; readonly error: unknown };

/** The limits of a subscription: whole numbers from 1, times in milliseconds. */
export type SubscriptionSettings = {
  /** how many events are handled before the checkpoint is moved */
  readonly batchEvents: number;
  /** how often an event is handed to a handler that throws, before the consumer stops at it */
  readonly maxTries: number;
  /** how long to wait between two looks at the trail while there is nothing new */
  readonly pollMs: number;
};

/** Who hears of what goes wrong in a subscription. What a hook throws, now or later, harms nothing. */
export type SubscriptionHooks = {
  /** a handler threw and is tried again, or the store is away and is asked again: for a log */
  readonly onProblem?: ((error: unknown) => unknown) | undefined;
  /** the consumer has stopped, and waits for `skip` or `resume`: for an alarm */
  readonly onStopped?: ((stopped: StoppedAt) => unknown) | undefined;
};

type Parts = SubscriptionSettings &
  SubscriptionHooks & {
    readonly consumer: string;
    readonly eventStore: Pick<EventStore, 'readTrail'>;
    readonly checkpoints: Pick<Checkpoints<unknown>, 'open' | 'stop'>;
    readonly timers: Timers;
    readonly hints: AppendHints | undefined;
    /** where a consumer without a checkpoint starts */
    readonly start: () => Promise<number>;
    /** what the handler asked for; the rest is passed by */
    readonly isWanted: (event: RecordedEvent) => boolean;
    readonly deliver: (isEnding: () => boolean) => Deliver;
  };

/** Before the next look; a hint ends a wait for something new, and no pause after something that failed. */
type Pause = { readonly ms: number; readonly isFor: 'hint' | 'time' };

const none: Pause = { ms: 0, isFor: 'time' };
const baseDelayMs = 100;
const maxDelayMs = 30_000;
const maxErrorLength = 500;

/**
 * A consumer at work: it catches up, and then looks for more, now and then and with every hint. At an event that its handler
 * cannot take it stops, and waits there until somebody decides. It survives a store that is away for a while.
 */
export class Subscription {
  /** Resolves once nothing of it is under way any more. Never rejects. */
  readonly ended: Promise<SubscriptionEnd>;
  readonly #parts: Parts;
  readonly #deliver: Deliver;
  #isEnding = false;
  #isHinted = false;
  #wake: (by: 'hint' | 'end') => void = () => {};
  #failing = { position: 0, tries: 0 };
  #storeFaults = 0;
  #toldOf: number | null = null;

  constructor(parts: Parts, signal: AbortSignal | undefined) {
    this.#parts = parts;
    this.#deliver = parts.deliver(() => this.#isEnding);
    const end = () => this.#end();
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted === true) end();
    const unlisten = parts.hints?.listen(() => this.#hint());
    this.ended = this.#run().then((ended) => {
      signal?.removeEventListener('abort', end);
      unlisten?.();
      return ended;
    });
  }

  /** Lets the event under way be handled, keeps the checkpoint, and ends. */
  async close(): Promise<void> {
    this.#end();
    await this.ended;
  }

  async #run(): Promise<SubscriptionEnd> {
    while (!this.#isEnding) {
      try {
        const pause = await this.#look();
        this.#storeFaults = 0;
        await this.#sleep(pause);
      } catch (error) {
        if (!isStoreFault(error)) return { ended: 'failed', error };
        this.#storeFaults += 1;
        tell(this.#parts.onProblem, error);
        await this.#sleep(pauseAfter(this.#storeFaults));
      }
    }
    return { ended: 'closed' };
  }

  /** Handles what there is. */
  async #look(): Promise<Pause> {
    const { consumer, checkpoints, start } = this.#parts;
    this.#isHinted = false;
    const { position, stopped } = await checkpoints.open(consumer, await start());
    this.#tellOf(stopped);
    return stopped === null ? this.#catchUp(position) : this.#untilNews();
  }

  async #catchUp(position: number): Promise<Pause> {
    const { eventStore, batchEvents, isWanted } = this.#parts;
    let from = position;
    for await (const batch of batches(eventStore.readTrail({ after: from, opens: isWanted }), batchEvents, isWanted)) {
      if (this.#isEnding) return none;
      const delivered = await this.#deliver(batch, from);
      if (delivered === 'outrun') return none;
      from = delivered.to;
      if (delivered.failure !== null) return this.#fail(from, delivered.failure);
    }
    // What came meanwhile may have brought more with it.
    return from > position ? none : this.#untilNews();
  }

  async #fail(from: number, { event, error, isFinal }: Failure): Promise<Pause> {
    if (isStoreFault(error)) throw error;
    const { consumer, checkpoints, maxTries, onProblem } = this.#parts;
    const { position, eventId, type } = event;
    const tries = this.#failing.position === position ? this.#failing.tries + 1 : 1;
    this.#failing = { position, tries };
    tell(onProblem, error);
    if (!isFinal && tries < maxTries) return pauseAfter(tries);
    this.#failing = { position: 0, tries: 0 };
    await checkpoints.stop(consumer, from, { position, eventId, type, error: describe(error) });
    return none;
  }

  #untilNews(): Pause {
    return { ms: this.#parts.pollMs, isFor: 'hint' };
  }

  #tellOf(stopped: Checkpoint['stopped']): void {
    const isNews = stopped !== null && stopped.position !== this.#toldOf;
    this.#toldOf = stopped?.position ?? null;
    if (isNews) tell(this.#parts.onStopped, stopped);
  }

  async #sleep({ ms, isFor }: Pause): Promise<void> {
    if (ms === 0 || this.#isEnding || (isFor === 'hint' && this.#isHinted)) return;
    const wait = new AbortController();
    this.#wake = (by) => {
      if (by === 'end' || isFor === 'hint') wait.abort();
    };
    await this.#parts.timers.sleep(ms, wait.signal);
  }

  #hint(): void {
    this.#isHinted = true;
    this.#wake('hint');
  }

  #end(): void {
    this.#isEnding = true;
    this.#wake('end');
  }
}

/** Twice as long after each try. */
function pauseAfter(tries: number): Pause {
  return { ms: Math.min(maxDelayMs, baseDelayMs * 2 ** (tries - 1)), isFor: 'time' };
}

/** Nobody waits for a hook of the host's. */
function tell<Value>(hook: ((value: Value) => unknown) | undefined, value: Value): void {
  const telling = async () => hook?.(value);
  void telling().catch(() => {});
}

function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, maxErrorLength);
}
