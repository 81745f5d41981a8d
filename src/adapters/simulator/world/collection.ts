import type { Direction } from './places.ts';
import { Places, Run, foremost } from './places.ts';
import { Slots } from './slots.ts';

type Entry<Kept> = { place: number; record: Kept };

/** The text that a record is found by; null leaves it out of the index. */
type KeyOf<Kept> = (record: Kept) => string | null;

export type Selection<Index extends string> = { readonly index: Index; readonly keys: readonly string[] };

/** Which records to walk through, and from where. */
export type Walk<Index extends string> = {
  /** those with one of these keys in this index; all of them where absent */
  readonly by?: Selection<Index> | undefined;
  /** the id to start behind, in the direction of the walk; from the very end where absent */
  readonly after?: string | undefined;
  readonly direction: Direction;
};

/**
 * Records in the order they came, found by id, and walked by index from either end. Replacing one keeps its place. What
 * it costs does not depend on how many others there are.
 */
export class Collection<Kept extends { readonly id: string }, Index extends string = never> {
  readonly #entries = new Map<string, Entry<Kept>>();
  readonly #slots = new Slots<Entry<Kept>>();
  readonly #all = new Places();
  readonly #indexes: readonly {
    readonly name: Index;
    readonly keyOf: KeyOf<Kept>;
    readonly keys: Map<string, Places>;
  }[];

  constructor(indexes: Readonly<Record<Index, KeyOf<Kept>>>) {
    this.#indexes = (Object.keys(indexes) as Index[]).map((name) => ({ name, keyOf: indexes[name], keys: new Map() }));
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The record that came first of those that are left. */
  get oldest(): Kept | undefined {
    return this.#slots.get(this.#all.at(0))?.record;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  get(id: string): Kept | undefined {
    return this.#entries.get(id)?.record;
  }

  /** Adds a record, or replaces the one with its id. */
  put(record: Kept): void {
    const entry = this.#entries.get(record.id);
    if (entry === undefined) {
      this.#add(record);
      return;
    }
    this.#reindex(entry.place, entry.record, record);
    entry.record = record;
  }

  delete(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#reindex(entry.place, entry.record, null);
    this.#all.remove(entry.place);
    this.#slots.empty(entry.place);
    this.#entries.delete(id);
  }

  *walk({ by, after, direction }: Walk<Index>): Generator<Kept> {
    const cursor = after === undefined ? undefined : this.#entries.get(after)?.place;
    const selected = by === undefined ? [this.#all] : by.keys.map((key) => this.#placesOf(by.index, key));
    const runs = selected.map((places) => new Run(places, direction, cursor));
    for (let run = foremost(runs, direction); run !== undefined; run = foremost(runs, direction)) {
      const entry = this.#slots.get(run.take());
      if (entry !== undefined) yield entry.record;
    }
  }

  /** The keys that records have in this index. */
  keys(index: Index): readonly string[] {
    return [...(this.#indexes.find(({ name }) => name === index)?.keys.keys() ?? [])];
  }

  /** How many records have this key in this index. */
  count(index: Index, key: string): number {
    return this.#placesOf(index, key).count;
  }

  #add(record: Kept): void {
    const entry = { place: 0, record };
    entry.place = this.#slots.add(entry);
    this.#entries.set(record.id, entry);
    this.#all.add(entry.place);
    this.#reindex(entry.place, null, record);
  }

  #reindex(place: number, before: Kept | null, now: Kept | null): void {
    for (const { keyOf, keys } of this.#indexes) {
      const [oldKey, newKey] = [before && keyOf(before), now && keyOf(now)];
      if (oldKey === newKey) continue;
      if (oldKey !== null) removeFrom(keys, oldKey, place);
      if (newKey !== null) addTo(keys, newKey, place);
    }
  }

  #placesOf(name: Index, key: string): Places {
    return this.#indexes.find((index) => index.name === name)?.keys.get(key) ?? new Places();
  }
}

function addTo(keys: Map<string, Places>, key: string, place: number): void {
  const places = keys.get(key) ?? new Places();
  places.add(place);
  keys.set(key, places);
}

function removeFrom(keys: Map<string, Places>, key: string, place: number): void {
  const places = keys.get(key);
  places?.remove(place);
  if (places?.count === 0) keys.delete(key);
}
