import type { ReadOpenAttempts } from '../ports/openAttempts.ts';
import type { OpenStream } from './openAttempts.ts';
import { byAge } from './openAttempts.ts';

/** The oldest of what is put into it, in order, and no more of it than is asked for: after an outage there may be much. */
export class OldestPage {
  readonly streams: OpenStream[] = [];
  readonly #asked: ReadOpenAttempts;

  constructor(asked: ReadOpenAttempts) {
    this.#asked = asked;
  }

  put(open: OpenStream): void {
    const { requestedBefore, limit, after } = this.#asked;
    if (open.since >= requestedBefore || (after !== undefined && byAge(open, after) <= 0)) return;
    const { streams } = this;
    // Most are younger than a whole page of older ones.
    const last = streams.at(-1);
    if (streams.length === limit && last !== undefined && byAge(open, last) > 0) return;
    streams.splice(streams.findLastIndex((older) => byAge(older, open) < 0) + 1, 0, open);
    streams.length = Math.min(streams.length, limit);
  }
}
