/** Waiting, so that a test or a simulation can own it. */
export interface Timers {
  /**
   * Resolves after so many milliseconds, or as soon as the signal is aborted; at once where it is already. Never throws,
   * and leaves no timer and no listener behind.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
