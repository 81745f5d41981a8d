/** What happened in a run, in order and in words: who, what, and when on the simulated clock. */
export class Timeline {
  readonly lines: string[] = [];
  readonly #startsAt: number;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#startsAt = now();
    this.#now = now;
  }

  note(who: string, what: string): void {
    const seconds = ((this.#now() - this.#startsAt) / 1000).toFixed(3);
    this.lines.push(`${seconds.padStart(12)} s  ${who.padEnd(8)} ${what}`);
  }
}
