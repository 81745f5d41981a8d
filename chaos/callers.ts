import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../sim/engine/chance.ts';
import type { Wish } from '../sim/world/callers.ts';
import { History } from '../sim/world/history.ts';
import type { Fleet } from './fleet.ts';

const pauseMs = [5, 120] as const;

/** Everyone who calls the processes, and what they were told. */
export class Callers {
  readonly history = new History(() => Date.now());
  readonly #fleet: Fleet;
  readonly #chance: Chance;
  #waiting = 0;
  #isOver = false;

  constructor(fleet: Fleet, chance: Chance) {
    this.#fleet = fleet;
    this.#chance = chance;
  }

  get isBusy(): boolean {
    return this.#waiting > 0;
  }

  /** Nobody asks again from now on. */
  giveUp(): void {
    this.#isOver = true;
  }

  /** Asks after so long, and again while nobody knows what came of it, up to the caller's patience. */
  async asks(afterMs: number, wish: Wish): Promise<void> {
    this.#waiting += 1;
    await sleep(afterMs);
    for (let left = wish.patience; left > 0 && !this.#isOver; left -= 1) {
      if ((await this.#ask(wish)) !== 'info') break;
      await sleep(this.#chance.between(...pauseMs));
    }
    this.#waiting -= 1;
  }

  /** What comes of it is nobody's answer, and so no part of the history. */
  async reconciles(afterMs: number, paymentMethodId: string): Promise<void> {
    this.#waiting += 1;
    await sleep(afterMs);
    const { apps } = this.#fleet;
    if (apps.length > 0) await this.#chance.pick(apps).ask({ call: 'reconcile', paymentMethodId });
    this.#waiting -= 1;
  }

  async #ask({ call, paymentMethodId, customer, attemptId, setAsDefault }: Wish): Promise<'ok' | 'fail' | 'info'> {
    const { apps } = this.#fleet;
    if (apps.length === 0) return 'info';
    const asked = { call, paymentMethodId, attemptId, setAsDefault };
    const noteEnd = this.history.invoke({ ...asked, customer: call === 'detach' ? null : customer });
    const answered = await this.#chance.pick(apps).ask({ ...asked, customer });
    if (answered === null) return 'info';
    noteEnd(answered);
    return answered.end;
  }
}
