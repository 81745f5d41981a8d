import { requestFailures } from '../wire/requestFailures.ts';

/** The objects that requests in flight work on. */
export class Locks {
  readonly #held = new Set<string>();

  get isFree(): boolean {
    return this.#held.size === 0;
  }

  /** Holds these objects until the function that comes back is called. Refuses all of them where one is held. */
  hold(ids: readonly string[]): () => void {
    this.check(ids);
    for (const id of ids) this.#held.add(id);
    return () => {
      for (const id of ids) this.#held.delete(id);
    };
  }

  /** Refuses with `lock_timeout` where one of these objects is held. */
  check(ids: readonly string[]): void {
    if (ids.some((id) => this.#held.has(id))) throw requestFailures.lockTimeout();
  }
}
