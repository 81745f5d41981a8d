import { setTimeout as delay } from 'node:timers/promises';

/** One total deadline over all that a call does, joined with the caller's wish to give up. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #over: Promise<never>;
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #onCallerAbort = (): void => this.#end('aborted');
  #ended: 'timeout' | 'aborted' | null = null;

  constructor(deadlineMs: number, callerSignal?: AbortSignal) {
    this.#over = new Promise((_, reject) => {
      this.#controller.signal.addEventListener('abort', () => reject(new Error('The call has ended.')), { once: true });
    });
    // Nobody may be waiting at the moment it ends.
    this.#over.catch(() => {});
    this.#endsAt = performance.now() + deadlineMs;
    this.#timer = setTimeout(() => this.#end('timeout'), deadlineMs);
    this.#callerSignal = callerSignal;
    callerSignal?.addEventListener('abort', this.#onCallerAbort, { once: true });
    if (callerSignal?.aborted === true) this.#end('aborted');
  }

  /** Aborts when the call ends early. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the call ended early; null while it has not. */
  get ended(): 'timeout' | 'aborted' | null {
    return this.#ended;
  }

  get remainingMs(): number {
    return this.#endsAt - performance.now();
  }

  /** What `work` comes to; rejects at once when the call ends first, also where the work cannot be interrupted. */
  until<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#over]);
  }

  /** Waits, or until the call ends. Never rejects. */
  async sleep(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.signal }).catch(() => {});
  }

  /** Lets go of the timer and of the caller's signal. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort);
  }

  #end(why: 'timeout' | 'aborted'): void {
    this.#ended ??= why;
    this.#controller.abort();
  }
}
