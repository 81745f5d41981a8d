/**
 * Says that something may have been appended, so that a subscription looks sooner. A hint may come late, twice, for
 * nothing or never: who listens must look by itself, now and then.
 */
export interface AppendHints {
  /** Calls the listener with every hint, until the answer is called. Never throws. */
  listen(listener: () => void): () => void;
}
