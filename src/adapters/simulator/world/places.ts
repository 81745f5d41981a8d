/** Numbers in ascending order, found by binary search. Taking the first one away is as cheap as adding a last one. */
export class Places {
  #numbers: number[] = [];
  /** how many were taken from the front, and are still in the array */
  #taken = 0;

  get count(): number {
    return this.#numbers.length - this.#taken;
  }

  /** The number at an index, -1 beyond the ends. */
  at(index: number): number {
    return index < 0 ? -1 : (this.#numbers[this.#taken + index] ?? -1);
  }

  add(place: number): void {
    const last = this.#numbers.at(-1);
    if (last === undefined || last < place) this.#numbers.push(place);
    else this.#numbers.splice(this.#taken + this.indexFrom(place), 0, place);
  }

  remove(place: number): void {
    const index = this.indexFrom(place);
    if (this.at(index) !== place) return;
    if (index > 0) {
      this.#numbers.splice(this.#taken + index, 1);
      return;
    }
    this.#taken += 1;
    if (this.#taken * 2 < this.#numbers.length) return;
    this.#numbers = this.#numbers.slice(this.#taken);
    this.#taken = 0;
  }

  /** The index of the first number that is not under this place. */
  indexFrom(place: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export type Direction = 'newestFirst' | 'oldestFirst';

/** A walk through places from one end, or from behind a place. */
export class Run {
  readonly #places: Places;
  readonly #step: 1 | -1;
  #index: number;

  constructor(places: Places, direction: Direction, after: number | undefined) {
    this.#places = places;
    this.#step = direction === 'newestFirst' ? -1 : 1;
    if (after === undefined) this.#index = this.#step < 0 ? places.count - 1 : 0;
    else this.#index = this.#step < 0 ? places.indexFrom(after) - 1 : places.indexFrom(after + 1);
  }

  /** The place it stands at; -1 at its end. */
  get next(): number {
    return this.#places.at(this.#index);
  }

  take(): number {
    const { next } = this;
    this.#index += this.#step;
    return next;
  }
}

/** The run that stands at the newest place, or at the oldest; undefined where all are at their end. */
export function foremost(runs: readonly Run[], direction: Direction): Run | undefined {
  let best: Run | undefined;
  for (const run of runs) {
    if (run.next === -1) continue;
    const isAhead = best === undefined || (direction === 'newestFirst' ? run.next > best.next : run.next < best.next);
    if (isAhead) best = run;
  }
  return best;
}
