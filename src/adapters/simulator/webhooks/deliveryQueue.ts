/** Something to be done at an instant; of two at the same instant the lower order comes first. */
export type Queued = {
  /** unix milliseconds */
  readonly dueAt: number;
  readonly order: number;
};

/** What waits, in the order it comes due. */
export class DeliveryQueue<Entry extends Queued> {
  /** the next one at the end, where it is cheap to take */
  readonly #entries: Entry[] = [];

  /** When the next one comes due, in unix milliseconds; null where nothing waits. */
  get nextDueAt(): number | null {
    return this.#entries.at(-1)?.dueAt ?? null;
  }

  get length(): number {
    return this.#entries.length;
  }

  add(entry: Entry): void {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (comesAfter(this.#entries[middle], entry)) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, entry);
  }

  /** Takes out all that is due at this instant. */
  take(now: number): readonly Entry[] {
    const due: Entry[] = [];
    for (let last = this.#entries.at(-1); last !== undefined && last.dueAt <= now; last = this.#entries.at(-1)) {
      due.push(last);
      this.#entries.pop();
    }
    return due;
  }
}

function comesAfter(one: Queued | undefined, other: Queued): boolean {
  if (one === undefined) return false;
  return one.dueAt > other.dueAt || (one.dueAt === other.dueAt && one.order > other.order);
}
