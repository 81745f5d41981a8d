/** The event that a consumer stopped at: it could not be decoded, or its handler threw. */
export type StoppedAt = {
  readonly position: number;
  readonly eventId: string;
  readonly type: string;
  /** what was thrown: its name and message, at most 500 characters */
  readonly error: string;
};

/** How far a consumer has come. */
export type Checkpoint = {
  /** the last event that it handled, or was told to skip */
  readonly position: number;
  /** where it waits for a decision; null while it goes on */
  readonly stopped: StoppedAt | null;
};

/** Who decides that a consumer goes on without an event, and why: kept for ever. */
export type SkipDecision = {
  /** that of the event that it stopped at, so that no other is skipped by mistake */
  readonly position: number;
  /** a pseudonym, as in every event's metadata */
  readonly actor: string;
  readonly reason: string;
};

/** A decision as it was recorded. */
export type SkippedEvent = SkipDecision & {
  readonly stopped: StoppedAt;
  /** RFC 3339, UTC, by the store's clock */
  readonly skippedAt: string;
};

/**
 * Where the consumers of a trail keep how far they have come. All methods throw a store's errors (`STORE_…`). `outrun`
 * means that nothing was changed: the consumer is not at `from`, since somebody else moved it, or it has stopped.
 */
export interface Checkpoints<Transaction> {
  /** The consumer's checkpoint; null where it has none. */
  read(consumer: string): Promise<Checkpoint | null>;

  /** The consumer's checkpoint, which is made at `from` where it has none. */
  open(consumer: string, from: number): Promise<Checkpoint>;

  /** Moves it on. */
  advance(consumer: string, from: number, to: number): Promise<'advanced' | 'outrun'>;

  /**
   * Moves it on in one transaction with `work`: both or neither. Others that would move it wait meanwhile, and are outrun.
   * Throws what `work` throws, unless the connection was lost with it: then a store's error.
   */
  transact(
    consumer: string,
    from: number,
    to: number,
    work: (transaction: Transaction) => Promise<void>,
  ): Promise<'advanced' | 'outrun'>;

  /** Moves it to before the event that it stops at. */
  stop(consumer: string, from: number, stopped: StoppedAt): Promise<'stopped' | 'outrun'>;

  /** Lets it try that event again. Makes a change only where it has stopped there. */
  resume(consumer: string, position: number): Promise<'resumed' | 'notStopped'>;

  /** Lets it go on behind that event, and records who decided it, both or neither. Only where it has stopped there. */
  skip(consumer: string, decision: SkipDecision): Promise<'skipped' | 'notStopped'>;

  /** The decisions made for a consumer, in the order of the trail. */
  skipped(consumer: string): Promise<readonly SkippedEvent[]>;
}
