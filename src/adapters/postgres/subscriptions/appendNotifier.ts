import { setTimeout as sleep } from 'node:timers/promises';

/** Between two hints: sent with every append, they would cost a single caller a quarter of its appends. */
const pauseMs = 10;

/**
 * Sends hints that something was appended: the first at once, then a hundred a second at most, each for all that were asked
 * for meanwhile. Nobody waits for it, and a hint that cannot be sent is dropped: whoever listens looks by itself as well.
 */
export class AppendNotifier {
  readonly #send: () => Promise<unknown>;
  #sending: Promise<void> | null = null;
  #isAsked = false;

  constructor(send: () => Promise<unknown>) {
    this.#send = send;
  }

  notify(): void {
    this.#isAsked = true;
    this.#sending ??= this.#sendAll();
  }

  /** Resolves once none is under way. */
  async settled(): Promise<void> {
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#isAsked) {
      this.#isAsked = false;
      await this.#send().catch(() => {});
      await sleep(pauseMs);
    }
    this.#sending = null;
  }
}
