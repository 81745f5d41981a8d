import type { Clock } from '../ports/clock.ts';
import type { Leases } from '../ports/leases.ts';

type Lease = { readonly owner: string; readonly endsAt: number };

/** Leases within one process, by its own clock. */
export class LocalLeases implements Leases {
  readonly #clock: Clock;
  readonly #leases = new Map<string, Lease>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async acquire(name: string, owner: string, forMs: number): Promise<boolean> {
    const now = this.#clock.now().getTime();
    this.#forgetEnded(now);
    const held = this.#leases.get(name);
    if (held !== undefined && held.owner !== owner && held.endsAt > now) return false;
    this.#leases.delete(name);
    this.#leases.set(name, { owner, endsAt: now + forMs });
    return true;
  }

  async release(name: string, owner: string): Promise<void> {
    if (this.#leases.get(name)?.owner === owner) this.#leases.delete(name);
  }

  /** From the first that was taken to one that lasts still: what is behind that one is forgotten later. */
  #forgetEnded(now: number): void {
    for (const [name, { endsAt }] of this.#leases) {
      if (endsAt > now) return;
      this.#leases.delete(name);
    }
  }
}
