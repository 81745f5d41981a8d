/** Unguessable, unique ids, so that a test or a simulation can own chance. */
export interface IdGenerator {
  /** A new UUID in its canonical lower-case form. Two calls never answer the same. */
  next(): string;
}
