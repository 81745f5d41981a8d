/** What a call measures its time by. */
export type Timers = {
  /** Milliseconds from any beginning, never backwards. */
  readonly now: () => number;
  /** Calls back once, so many milliseconds later, unless the function it answers is called before. */
  readonly after: (ms: number, callback: () => void) => () => void;
};

/** The machine's own. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** One total deadline over all that a call does, joined with the caller's wish to give up. */
export class Deadline {
  readonly #timers: Timers;
  readonly #endsAt: number;
  readonly #stopTimer: () => void;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #onCallerAbort: (() => void) | undefined;
  #ended: 'timeout' | 'aborted' | null = null;
  #giveUp: (() => void) | null = null;

  constructor(deadlineMs: number, timers: Timers, callerSignal?: AbortSignal) {
    this.#timers = timers;
    this.#endsAt = timers.now() + deadlineMs;
    this.#stopTimer = timers.after(deadlineMs, () => this.#end('timeout'));
    this.#callerSignal = callerSignal;
    if (callerSignal === undefined) return;
    this.#onCallerAbort = () => this.#end('aborted');
    callerSignal.addEventListener('abort', this.#onCallerAbort, { once: true });
    if (callerSignal.aborted) this.#end('aborted');
  }

  /** Why the call ended early; null while it has not. */
  get ended(): 'timeout' | 'aborted' | null {
    return this.#ended;
  }

  get remainingMs(): number {
    return this.#endsAt - this.#timers.now();
  }

  /**
   * Names what to give up when the call ends early, in place of what was named before: a call waits for one thing at a
   * time. Given up at once where the call has ended already.
   */
  onEnd(giveUp: () => void): void {
    this.#giveUp = giveUp;
    if (this.#ended !== null) giveUp();
  }

  /** What `work` comes to; null when the call ends first, also where the work cannot be interrupted. */
  until<T>(work: Promise<T>): Promise<T | null> {
    return new Promise((resolve, reject) => {
      this.onEnd(() => resolve(null));
      work.then(resolve, reject);
    });
  }

  /** Waits, or until the call ends. Never rejects. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#timers.after(ms, resolve);
      this.onEnd(() => {
        stop();
        resolve();
      });
    });
  }

  /** Lets go of the timer and of the caller's signal. */
  stop(): void {
    this.#stopTimer();
    if (this.#onCallerAbort !== undefined) this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort);
  }

  #end(why: 'timeout' | 'aborted'): void {
    if (this.#ended !== null) return;
    this.#ended = why;
    this.#giveUp?.();
  }
}
