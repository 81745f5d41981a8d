import { StripeGateway } from '../../src/adapters/stripe/stripeGateway.ts';
import type { EventStore } from '../../src/application/ports/eventStore.ts';
import { PaymentMethods } from '../../src/application/paymentMethods.ts';
import type { Settle } from './databaseLine.ts';
import { DatabaseLine } from './databaseLine.ts';
import type { Mortal } from './mortal.ts';
import { StripeLine } from './stripeLine.ts';
import type { Surroundings } from './surroundings.ts';
import { apiKey } from './surroundings.ts';

/** One process of the host's: the real application on lines to the database and to Stripe, until it dies. */
export class SimulatedProcess implements Mortal {
  readonly name: string;
  readonly paymentMethods: PaymentMethods;
  readonly eventStore: EventStore;
  readonly #around: Surroundings;
  readonly #onDeath: (() => void)[] = [];
  #isAlive = true;

  /** `skewMs`: how far its clock is off. */
  constructor(around: Surroundings, name: string, ids: () => string, skewMs: number) {
    this.#around = around;
    this.name = name;
    const { scheduler, chance } = around;
    const gateway = new StripeGateway({
      apiKey,
      dispatcher: new StripeLine(around, this),
      random: chance.random,
      timers: {
        now: () => scheduler.now,
        after: (ms, callback) => scheduler.after(ms, () => this.#isAlive && callback()),
      },
    });
    this.eventStore = new DatabaseLine(around, this);
    const clock = { now: () => new Date(scheduler.now + skewMs) };
    this.paymentMethods = new PaymentMethods({ eventStore: this.eventStore, gateway, clock, ids: { next: ids } });
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  crash(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#around.timeline?.note(this.name, '=== dies');
    for (const mourn of this.#onDeath) mourn();
  }

  onDeath(mourn: () => void): void {
    this.#onDeath.push(mourn);
  }

  waits<Result>(start: (settle: Settle<Result>) => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      start({
        resolve: (result) => {
          if (this.#isAlive) resolve(result);
        },
        reject: (error) => {
          if (this.#isAlive) reject(error instanceof Error ? error : new Error('unknown', { cause: error }));
        },
      });
    });
  }
}
