import type {
  Checkpoint,
  Checkpoints,
  SkipDecision,
  SkippedEvent,
  StoppedAt,
} from '../../application/ports/checkpoints.ts';

/**
 * The whole promise of checkpoints, for as long as the process lives. A transaction of it holds nothing but the checkpoint:
 * what its work wrote elsewhere stays when the work throws.
 */
export class InMemoryCheckpoints implements Checkpoints<undefined> {
  readonly #consumers = new Map<string, Checkpoint>();
  readonly #skipped = new Map<string, SkippedEvent[]>();
  readonly #now: () => number;
  /** one transaction behind the other */
  #last: Promise<unknown> = Promise.resolve();

  constructor({ now = Date.now }: { readonly now?: (() => number) | undefined } = {}) {
    this.#now = now;
  }

  async read(consumer: string): Promise<Checkpoint | null> {
    return this.#consumers.get(consumer) ?? null;
  }

  async open(consumer: string, from: number): Promise<Checkpoint> {
    const checkpoint = this.#consumers.get(consumer) ?? { position: from, stopped: null };
    this.#consumers.set(consumer, checkpoint);
    return checkpoint;
  }

  async advance(consumer: string, from: number, to: number): Promise<'advanced' | 'outrun'> {
    return this.transact(consumer, from, to, async () => {});
  }

  async transact(
    consumer: string,
    from: number,
    to: number,
    work: (transaction: undefined) => Promise<void>,
  ): Promise<'advanced' | 'outrun'> {
    const turn = this.#last.then(async (): Promise<'advanced' | 'outrun'> => {
      if (!this.#isAt(consumer, from)) return 'outrun';
      await work(undefined);
      this.#consumers.set(consumer, { position: to, stopped: null });
      return 'advanced';
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  async stop(consumer: string, from: number, stopped: StoppedAt): Promise<'stopped' | 'outrun'> {
    if (!this.#isAt(consumer, from)) return 'outrun';
    this.#consumers.set(consumer, { position: stopped.position - 1, stopped });
    return 'stopped';
  }

  async resume(consumer: string, position: number): Promise<'resumed' | 'notStopped'> {
    if (this.#stoppedAt(consumer, position) === null) return 'notStopped';
    this.#consumers.set(consumer, { position: position - 1, stopped: null });
    return 'resumed';
  }

  async skip(consumer: string, decision: SkipDecision): Promise<'skipped' | 'notStopped'> {
    const { position } = decision;
    const stopped = this.#stoppedAt(consumer, position);
    if (stopped === null) return 'notStopped';
    const skippedAt = new Date(this.#now()).toISOString().replace('Z', '000Z');
    this.#skipped.set(consumer, [...(this.#skipped.get(consumer) ?? []), { ...decision, stopped, skippedAt }]);
    this.#consumers.set(consumer, { position, stopped: null });
    return 'skipped';
  }

  async skipped(consumer: string): Promise<readonly SkippedEvent[]> {
    return this.#skipped.get(consumer) ?? [];
  }

  #isAt(consumer: string, from: number): boolean {
    const checkpoint = this.#consumers.get(consumer);
    return checkpoint?.position === from && checkpoint.stopped === null;
  }

  #stoppedAt(consumer: string, position: number): StoppedAt | null {
    const stopped = this.#consumers.get(consumer)?.stopped ?? null;
    return stopped?.position === position ? stopped : null;
  }
}
