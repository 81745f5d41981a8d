/** Time, so that a test or a simulation can own it. */
export interface Clock {
  /** The present instant. Never throws. */
  now(): Date;
}
