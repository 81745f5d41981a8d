/** What waits, and can all be given up at once. */
export class Timers {
  readonly #waiting = new Set<NodeJS.Timeout>();

  /** Calls the function so much later; at once where that is 0. */
  after(ms: number, act: () => void): void {
    if (ms === 0) {
      act();
      return;
    }
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      act();
    }, ms);
    this.#waiting.add(timer);
  }

  /** Gives up everything that waits. */
  clear(): void {
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
  }
}
