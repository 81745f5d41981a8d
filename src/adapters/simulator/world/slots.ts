/** Things by consecutive numbers. What was emptied at the front is given back. */
export class Slots<Thing> {
  #things: (Thing | undefined)[] = [];
  /** the number of the first slot */
  #first = 0;
  /** how many slots at the front are empty */
  #emptied = 0;

  /** Fills the next slot and answers its number. */
  add(thing: Thing): number {
    this.#things.push(thing);
    return this.#first + this.#things.length - 1;
  }

  get(number: number): Thing | undefined {
    return this.#things[number - this.#first];
  }

  empty(number: number): void {
    this.#things[number - this.#first] = undefined;
    while (this.#emptied < this.#things.length && this.#things[this.#emptied] === undefined) this.#emptied += 1;
    if (this.#emptied * 2 < this.#things.length) return;
    this.#things = this.#things.slice(this.#emptied);
    this.#first += this.#emptied;
    this.#emptied = 0;
  }
}
