import { isPaymentMethodsError } from '../../src/application/errors.ts';
import type { CustomerKey, KeyFound, KeyProvider } from '../../src/application/ports/keyProvider.ts';
import { unavailable } from './databaseWords.ts';
import type { Mortal } from './mortal.ts';
import type { Surroundings } from './surroundings.ts';
import type { Vault } from './vault.ts';

/** One process's line to the keys, which loses, delays and cuts off what goes over it. Keeps the port's promises. */
export class KeyLine implements KeyProvider {
  readonly trail: string;
  readonly #around: Surroundings;
  readonly #vault: Vault;
  readonly #owner: Mortal;

  constructor(around: Surroundings, vault: Vault, owner: Mortal) {
    this.trail = vault.trail;
    this.#around = around;
    this.#vault = vault;
    this.#owner = owner;
  }

  obtain(customer: string): Promise<CustomerKey | null> {
    return this.#reach(`make the key of ${customer}`, () => this.#vault.obtain(customer));
  }

  read(customers: readonly string[]): Promise<ReadonlyMap<string, KeyFound>> {
    return this.#reach(`read the keys of ${customers.join(', ')}`, () => this.#vault.read(customers));
  }

  async destroy(customer: string): Promise<void> {
    await this.#reach(`destroy the key of ${customer}`, () => this.#vault.destroy(customer));
    this.#around.sometimes.met('keyDestroyed');
  }

  #reach<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
    const { faults, chance, scheduler, timeline, transit } = this.#around;
    const fault = faults.onKeys();
    timeline?.note(this.#owner.name, `${what}${fault === null ? '' : `  ! ${fault}`}`);
    return this.#owner.waits<Result>((settle) => {
      if (fault === 'crashBefore') {
        this.#owner.crash();
        return;
      }
      transit.count += 1;
      scheduler.after(fault === 'slow' ? chance.between(500, 10_000) : chance.between(1, 4), () => {
        transit.count -= 1;
        if (fault === 'unavailable') {
          settle.reject(unavailable('the connection was refused'));
          return;
        }
        act().then(
          (result) =>
            fault === 'unknownDone' ? settle.reject(unavailable('the connection was reset')) : settle.resolve(result),
          (error: unknown) => {
            if (isPaymentMethodsError(error, 'KEY_UNREADABLE')) this.#around.sometimes.met('keyUnreadable');
            settle.reject(error);
          },
        );
      });
      if (fault === 'crashAfter') this.#owner.crash();
    });
  }
}
