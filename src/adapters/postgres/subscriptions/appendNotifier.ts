import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOptions } from '../statements.ts';
import { runStatement } from '../statements.ts';
import { appendChannel } from './appendChannel.ts';

/** Between two hints: sent with every append, they would cost a single caller a quarter of its appends. */
const pauseMs = 10;
/** A hint that takes longer is worth nothing any more. */
const deadlineMs = 1000;

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

/** One that sends by NOTIFY, to whoever listens to this trail. */
export function appendNotifier(call: CallOptions, trail: string): AppendNotifier {
  const query = { text: `select pg_catalog.pg_notify($1, '')::text`, values: [appendChannel(call.schema, trail)] };
  return new AppendNotifier(() => runStatement({ ...call, deadlineMs }, false, query));
}
