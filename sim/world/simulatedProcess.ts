import { StripeGateway } from '../../src/adapters/stripe/stripeGateway.ts';
import { isPaymentMethodsError } from '../../src/application/errors.ts';
import { PaymentMethods } from '../../src/application/paymentMethods.ts';
import { RecoveryWorker } from '../../src/application/recovery/recoveryWorker.ts';
import type { Timers } from '../../src/application/ports/timers.ts';
import { DatabaseLine } from './databaseLine.ts';
import { KeyLine } from './keyLine.ts';
import { LeaseLine } from './leaseLine.ts';
import type { Mortal, Settle } from './mortal.ts';
import { StripeLine } from './stripeLine.ts';
import type { Surroundings } from './surroundings.ts';
import { apiKey } from './surroundings.ts';
import { encrypting } from './vault.ts';

/** One process of the host's: the real application on lines to the database and to Stripe, until it dies. */
export class SimulatedProcess implements Mortal {
  readonly name: string;
  readonly paymentMethods: PaymentMethods;
  readonly #around: Surroundings;
  readonly #onDeath: (() => void)[] = [];
  readonly #timers: Timers = {
    sleep: (ms) => this.waits((settle) => void this.#around.scheduler.after(ms, () => settle.resolve(undefined))),
  };
  #isAlive = true;

  /** `skewMs`: how far its clock is off. */
  constructor(around: Surroundings, name: string, ids: () => string, skewMs: number) {
    this.#around = around;
    this.name = name;
    const { scheduler, chance, vault } = around;
    const gateway = new StripeGateway({
      apiKey,
      billingDetails: vault !== null,
      dispatcher: new StripeLine(around, this),
      random: chance.random,
      timers: {
        now: () => scheduler.now,
        after: (ms, callback) => scheduler.after(ms, () => this.#isAlive && callback()),
      },
    });
    const clock = { now: () => new Date(scheduler.now + skewMs) };
    const line = new DatabaseLine(around, this);
    const keys = vault === null ? undefined : new KeyLine(around, vault, this);
    this.paymentMethods = new PaymentMethods({
      eventStore: keys === undefined ? line : encrypting(line, keys),
      keys,
      gateway,
      clock,
      ids: { next: ids },
      leases: new LeaseLine(around, this),
      cursors: around.cursors,
      timers: this.#timers,
    });
  }

  /** Recovers from now on, as a host's process does. */
  startRecovery(): void {
    const { chance, unexpected, sometimes } = this.#around;
    new RecoveryWorker({
      paymentMethods: this.paymentMethods,
      timers: this.#timers,
      chance: { next: chance.random },
      onPass: ({ settled, errors }) => {
        if (settled.length > 0) sometimes.met('recoveredByRecovery');
        for (const { error } of errors) if (!isPaymentMethodsError(error)) unexpected.push(String(error));
      },
      onError: (error) => {
        if (!isPaymentMethodsError(error)) unexpected.push(String(error));
      },
    }).start();
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
