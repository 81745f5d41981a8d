import type { RecordedEvent } from '../../../application/ports/eventStore.ts';

const batchSize = 256;
/** From so many on, whoever brings them should pause. */
const maxBatches = 2;

/** Events on their way from who brings them to who takes them, batch by batch. */
export class EventBatches {
  readonly #full: (readonly RecordedEvent[])[] = [];
  #filling: RecordedEvent[] = [];
  #end: { readonly error: Error | null } | undefined;
  #wake: (() => void) | undefined;

  /** Answers whether there are enough for now. */
  push(event: RecordedEvent): boolean {
    this.#filling.push(event);
    if (this.#filling.length < batchSize) return false;
    this.#flush();
    return this.#full.length >= maxBatches;
  }

  /** There will be no more. */
  end(): void {
    this.fail(null);
  }

  /** There will be no more, for this reason; it is told once those that are there have been taken. */
  fail(error: Error | null): void {
    this.#end ??= { error };
    this.#flush();
  }

  /** The next batch; null once there will be none. */
  async take(): Promise<readonly RecordedEvent[] | null> {
    while (this.#full.length === 0) {
      if (this.#end?.error === null) return null;
      if (this.#end !== undefined) throw this.#end.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#full.shift() ?? null;
  }

  #flush(): void {
    if (this.#filling.length > 0) this.#full.push(this.#filling);
    this.#filling = [];
    this.#wake?.();
  }
}
