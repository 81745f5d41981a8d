/** Chance, so that a test or a simulation can own it. */
export interface Chance {
  /** A number from 0 up to, and never, 1. Not for secrets. */
  next(): number;
}
