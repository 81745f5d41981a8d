/** How far the readers of something outside the trail have come. */
export interface Cursors {
  /** What was saved last under this name; null where nothing was. Throws `STORE_…` where it is kept in a store that fails. */
  load(name: string): Promise<string | null>;

  /** Keeps a JSON text under this name, in place of the one before. Throws as `load` does. */
  save(name: string, value: string): Promise<void>;
}
