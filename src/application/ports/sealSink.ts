/** A signed head of a trail. Kept outside the database, it shows later whether all up to it is still as it was. */
export type Seal = {
  readonly format: 'attach-payment-method/seal/1';
  readonly trail: string;
  /** the last event's, when it was sealed */
  readonly position: number;
  /** that event's, 64 hex digits */
  readonly hash: string;
  /** RFC 3339, UTC, milliseconds, by the sealer's clock */
  readonly sealedAt: string;
  readonly keyId: string;
  /** Ed25519 over `sealInput`, 128 lower-case hex digits */
  readonly signature: string;
};

/** Where seals are kept: out of reach of whoever could change the database. */
export interface SealSink {
  /** Keeps one more seal, durably before it resolves. Changes and removes none. Safe when two processes write at once. */
  write(seal: Seal): Promise<void>;

  /**
   * All seals of a trail, in the order they were written. Throws `SEALS_UNREADABLE` rather than leave one out; with
   * `details.problem` (`sealInvalid` or `sealOfAnotherTrail`), `position`, `expected` and `actual`, where there is something
   * else in its place, `verify` answers that.
   */
  read(trail: string): AsyncIterable<Seal>;

  /**
   * The seal of the highest position, null if there is none; without reading all of them. Enough if it is the highest of
   * the last hundred written: of processes that seal at once, one that saw less may write after one that saw more.
   */
  last(trail: string): Promise<Seal | null>;
}
