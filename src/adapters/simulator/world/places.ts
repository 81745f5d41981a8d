/** Numbers in ascending order, found by binary search. */
export class Places {
  readonly #numbers: number[] = [];

  get count(): number {
    return this.#numbers.length;
  }

  at(index: number): number {
    return this.#numbers[index] ?? -1;
  }

  add(place: number): void {
    const last = this.#numbers.at(-1);
    if (last === undefined || last < place) this.#numbers.push(place);
    else this.#numbers.splice(this.indexFrom(place), 0, place);
  }

  remove(place: number): void {
    const index = this.indexFrom(place);
    if (this.#numbers[index] === place) this.#numbers.splice(index, 1);
  }

  /** The index of the first number that is not under this place. */
  indexFrom(place: number): number {
    let low = 0;
    let high = this.#numbers.length;
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
