import type { Chance } from '../engine/chance.ts';
import type { AppendFault, FaultPlan, KeyFault, ReadFault, RequestFault } from './faultPlan.ts';
import { appendFaults, keyFaults, readFaults, requestFaults } from './faultPlan.ts';

type Odds<Fault> = readonly (readonly [Fault, number])[];

/** How likely any fault is at a boundary: quiet, ordinary and stormy runs each find what the others hide. */
const rates = [0, 0.05, 0.15, 0.3, 0.45] as const;

/** Of what can go wrong, each run has its own mix: what is left out makes room for the rest. */
function mixOf<Fault extends string>(chance: Chance, faults: readonly Fault[]): Odds<Fault> {
  const isCrash = (fault: Fault) => fault.startsWith('crash');
  return faults.map((fault) => [fault, chance.hits(0.55) ? (isCrash(fault) ? 0.7 : 1) : 0] as const);
}

/** Faults by chance, of one run. */
export class RandomFaults implements FaultPlan {
  readonly #chance: Chance;
  readonly #rates: { readonly append: number; readonly read: number; readonly request: number };
  readonly #appends: Odds<AppendFault>;
  readonly #reads: Odds<ReadFault>;
  readonly #requests: Odds<RequestFault>;
  #isHealed = false;

  constructor(chance: Chance) {
    this.#chance = chance;
    this.#rates = { append: chance.pick(rates), read: chance.pick(rates) / 2, request: chance.pick(rates) };
    this.#appends = mixOf(chance, appendFaults);
    this.#reads = mixOf(chance, readFaults);
    this.#requests = mixOf(chance, requestFaults);
  }

  onAppend(): AppendFault | null {
    return this.#draw(this.#rates.append, this.#appends);
  }

  onRead(): ReadFault | null {
    return this.#draw(this.#rates.read, this.#reads);
  }

  onRequest(): RequestFault | null {
    return this.#draw(this.#rates.request, this.#requests);
  }

  onKeys(): KeyFault | null {
    const isHit = !this.#isHealed && this.#chance.hits(this.#rates.read);
    return isHit ? this.#chance.pick(keyFaults) : null;
  }

  onLease(): boolean {
    return !this.#isHealed && this.#chance.hits(this.#rates.read);
  }

  heal(): void {
    this.#isHealed = true;
  }

  #draw<Fault>(rate: number, odds: Odds<Fault>): Fault | null {
    return !this.#isHealed && this.#chance.hits(rate) ? this.#chance.weighted(odds) : null;
  }
}
