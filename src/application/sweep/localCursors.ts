import type { Cursors } from '../ports/cursors.ts';

/** Cursors for as long as the process lives: what reads by them begins anew in the next one. */
export class LocalCursors implements Cursors {
  readonly #values = new Map<string, string>();

  async load(name: string): Promise<string | null> {
    return this.#values.get(name) ?? null;
  }

  async save(name: string, value: string): Promise<void> {
    this.#values.set(name, value);
  }
}
