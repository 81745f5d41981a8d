import type { OpenStream, RequestSort } from '../readModels/openAttempts.ts';

/** Which page of the open requests to read. */
export type ReadOpenAttempts = {
  /** RFC 3339, UTC: only what was first asked for before this instant */
  readonly requestedBefore: string;
  /** at most so many streams */
  readonly limit: number;
  /** the last one of the page before */
  readonly after?: OpenStream | undefined;
};

/** How many requests of one sort are open. */
export type OpenCount = {
  readonly sort: RequestSort;
  readonly count: number;
  /** RFC 3339, UTC: when the oldest of them was first asked for */
  readonly oldest: string;
};

/** The requests of a trail whose outcome is open, and the defaults that attaches wished for and that were not asked for yet. */
export interface OpenAttempts {
  /**
   * How many requests are open of each sort, and since when the oldest; a sort without any is left out. As fresh as what
   * `read` answers, and throws as it does; small and quick, however many they are.
   */
  count(): Promise<readonly OpenCount[]>;

  /**
   * Streams with open requests, the oldest first. Catches up with the trail's head before it answers: a request that was
   * durable before the call and is open is in the answer, and none whose outcome was recorded before the call. Throws as
   * the event store's reading does (`STORE_…`), and `EVENT_INVALID` on an event it cannot read.
   */
  read(options: ReadOpenAttempts): Promise<readonly OpenStream[]>;
}
