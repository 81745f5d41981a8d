/**
 * Who is at what, for a while: it saves calls where several processes would do the same work. Nothing may depend on it for
 * safety: a lease ends while its owner is at work still, or a clock steps, and two are at it.
 */
export interface Leases {
  /**
   * Takes a name for an owner until `forMs` milliseconds from now, by the clock of the leases, unless another owner has it
   * still. True when it is this owner's now; by the same owner again, it then ends at the new time. Of two calls at once
   * by two owners, one gets it at most. Throws `STORE_…` where it is kept in a store that fails.
   */
  acquire(name: string, owner: string, forMs: number): Promise<boolean>;

  /** Gives a name up; nothing happens where it is not, or no longer, this owner's. Throws as `acquire` does. */
  release(name: string, owner: string): Promise<void>;
}
