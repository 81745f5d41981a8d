import type { Leases } from '../../src/application/ports/leases.ts';
import type { Mortal } from './mortal.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * One process's line to the leases that all share. Now and then a lease is granted that another has still, as happens where
 * a clock steps or a process sleeps too long: nothing may depend on it.
 */
export class LeaseLine implements Leases {
  readonly #around: Surroundings;
  readonly #owner: Mortal;

  constructor(around: Surroundings, owner: Mortal) {
    this.#around = around;
    this.#owner = owner;
  }

  acquire(name: string, owner: string, forMs: number): Promise<boolean> {
    const { leases, chance, sometimes, timeline, faults } = this.#around;
    const isWrong = faults.onLease();
    return this.#reach(
      async () => {
        const isGranted = await leases.acquire(name, owner, forMs);
        timeline?.note(
          this.#owner.name,
          `lease ${name} ${isGranted ? 'taken' : isWrong ? 'taken by two' : 'is another’s'}`,
        );
        if (!isGranted && isWrong) sometimes.met('leaseHeldByTwo');
        return isGranted || isWrong;
      },
      chance.between(1, 4),
    );
  }

  release(name: string, owner: string): Promise<void> {
    return this.#reach(() => this.#around.leases.release(name, owner), this.#around.chance.between(1, 4));
  }

  #reach<Result>(act: () => Promise<Result>, afterMs: number): Promise<Result> {
    return this.#owner.waits((settle) => {
      this.#around.scheduler.after(afterMs, () => {
        act().then(settle.resolve, settle.reject);
      });
    });
  }
}
