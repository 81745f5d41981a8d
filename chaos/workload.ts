import type { Chance } from '../sim/engine/chance.ts';
import { holderEmail } from '../sim/world/scene.ts';
import type { Callers } from './callers.ts';

export const customers = ['cus_Ana', 'cus_Ben', 'cus_Cleo'] as const;

/** Stands in the account, and must never stand in the trail. */
export const secretEmail = 'canary@example.com';

/** A payment method as the simulator is told of it. */
export type NewPaymentMethod = {
  readonly id: string;
  readonly decline?: string;
  readonly customer?: string;
  readonly billing_details: { readonly email: string };
};

const burstMs = 80;
const remembered = 12;

/** Who asks for what: about two payment methods that are new in each cycle, and some of those before. */
export class Workload {
  readonly ownersBefore = new Map<string, string>();
  readonly #chance: Chance;
  readonly #callers: Callers;
  /** true where a customer may ask to be forgotten */
  readonly #forgets: boolean;
  readonly #old: string[] = [];
  #cycles = 0;

  constructor(chance: Chance, callers: Callers, forgets: boolean) {
    this.#chance = chance;
    this.#callers = callers;
    this.#forgets = forgets;
  }

  /** Payment methods for the next cycle: most of them are good ones. */
  nextPaymentMethods(): readonly NewPaymentMethod[] {
    this.#cycles += 1;
    return ['a', 'b'].map((letter) => {
      const id = `pm_${this.#cycles}${letter}`;
      const good = { id, billing_details: { email: holderEmail } };
      const lot = this.#chance.random();
      if (lot < 0.08) return { ...good, decline: 'generic_decline' };
      if (lot > 0.06 + 0.08) return good;
      const customer = this.#chance.pick(customers);
      this.ownersBefore.set(id, customer);
      return { ...good, customer };
    });
  }

  /** Everyone asks for something within a moment; resolves once all are answered, or have given up. */
  async burst(paymentMethods: readonly NewPaymentMethod[]): Promise<void> {
    const chance = this.#chance;
    const calls = paymentMethods.flatMap(({ id }) => this.#callsOn(id));
    const old = this.#old.length === 0 ? null : chance.pick(this.#old);
    if (old !== null && chance.hits(0.4)) calls.push(this.#detaches(old));
    if (old !== null && chance.hits(0.4)) calls.push(this.#attaches(old, chance.pick(customers), this.#name('again')));
    if (chance.hits(0.4)) {
      const id = chance.pick([...paymentMethods.map((one) => one.id), ...(old === null ? [] : [old])]);
      calls.push(this.#callers.reconciles(chance.between(0, burstMs), id));
    }
    if (this.#forgets && chance.hits(0.1)) calls.push(this.#isForgotten(chance.pick(customers)));
    this.#old.push(...paymentMethods.map(({ id }) => id));
    this.#old.splice(0, this.#old.length - remembered);
    await Promise.all(calls);
  }

  /** One who wants it, perhaps twice; others who want it as well, for the same customer or another. */
  #callsOn(id: string): Promise<void>[] {
    const chance = this.#chance;
    const customer = chance.pick(customers);
    const first = this.#name(id);
    const calls = [this.#attaches(id, customer, first)];
    if (chance.hits(0.5)) calls.push(this.#attaches(id, customer, first));
    if (chance.hits(0.4)) calls.push(this.#attaches(id, customer, null));
    if (chance.hits(0.3)) calls.push(this.#attaches(id, customer, this.#name(`${id}-other`)));
    if (chance.hits(0.3)) calls.push(this.#attaches(id, chance.pick(customers), this.#name(`${id}-another`)));
    if (chance.hits(0.1)) calls.push(this.#detaches(id));
    if (chance.hits(0.1)) calls.push(this.#setsDefault(id, customer));
    if (chance.hits(0.1)) calls.push(this.#beginsSetup(id, customer));
    return calls;
  }

  #attaches(paymentMethodId: string, customer: string, attemptId: string | null): Promise<void> {
    const setAsDefault = this.#chance.hits(0.25);
    return this.#asks({ call: 'attach', paymentMethodId, customer, attemptId, setAsDefault });
  }

  #detaches(paymentMethodId: string): Promise<void> {
    return this.#asks({
      call: 'detach',
      paymentMethodId,
      customer: '',
      setAsDefault: false,
      attemptId: this.#name(`${paymentMethodId}-off`),
    });
  }

  #setsDefault(paymentMethodId: string, customer: string): Promise<void> {
    const attemptId = this.#name(`${paymentMethodId}-default`);
    return this.#asks({ call: 'setDefault', paymentMethodId, customer, setAsDefault: false, attemptId });
  }

  /** A setup that no front end confirms. */
  #beginsSetup(paymentMethodId: string, customer: string): Promise<void> {
    const attemptId = this.#name(`${paymentMethodId}-setup`);
    return this.#asks({ call: 'beginSetup', paymentMethodId, customer, setAsDefault: false, attemptId });
  }

  #isForgotten(customer: string): Promise<void> {
    return this.#asks({ call: 'forget', paymentMethodId: '', customer, setAsDefault: false, attemptId: null });
  }

  #asks(wish: Omit<Parameters<Callers['asks']>[1], 'patience'>): Promise<void> {
    const chance = this.#chance;
    return this.#callers.asks(chance.between(0, burstMs), { ...wish, patience: chance.between(1, 3) });
  }

  #name(what: string): string {
    return `${what}.${this.#cycles}`;
  }
}
