/** What happened, the oldest first: all of it, or no more than about this many of the newest. */
export class Log<Item> {
  readonly #kept: number;
  #items: Item[] = [];

  constructor(kept: number) {
    this.#kept = kept;
  }

  get items(): readonly Item[] {
    return this.#items.length > this.#kept ? this.#items.slice(-this.#kept) : this.#items;
  }

  push(item: Item): void {
    this.#items.push(item);
    if (this.#items.length >= 2 * this.#kept) this.#items = this.#items.slice(-this.#kept);
  }

  clear(): void {
    this.#items = [];
  }
}
