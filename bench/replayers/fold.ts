/** What every contender makes of the events: how many there are of each card brand. All of `data` is parsed for it. */
export class Fold {
  events = 0;
  readonly #brands = new Map<string, number>();

  addText(data: string): void {
    this.add(JSON.parse(data) as { readonly card?: { readonly brand?: string } });
  }

  add({ card }: { readonly card?: { readonly brand?: string } }): void {
    const brand = card?.brand ?? 'none';
    this.events += 1;
    this.#brands.set(brand, (this.#brands.get(brand) ?? 0) + 1);
  }
}
