import type { StripeRequest } from '../wire/messages.ts';
import type { Fault, Match, RandomFaults, ScriptedFault } from './fault.ts';
import { seededRandom } from './seededRandom.ts';

/** The faults to come: those scripted, in their order, and for other requests those that chance brings. */
export class FaultScript {
  #waiting: { readonly scripted: ScriptedFault; readonly left: number }[] = [];
  #odds: RandomFaults['odds'] = [];
  #random: () => number = () => 0;

  /** What is scripted and has not happened yet, with how often it still will. */
  get waiting(): readonly ScriptedFault[] {
    return this.#waiting.map(({ scripted, left }) => ({ ...scripted, times: left }));
  }

  /** Scripts a fault behind those already scripted. The first one that matches a request is used up by it. */
  next(scripted: ScriptedFault): void {
    this.#waiting.push({ scripted, left: scripted.times ?? 1 });
  }

  /** From now on every request draws a lot. Throws a RangeError where the odds are more than 1 together. */
  atRandom({ seed, odds }: RandomFaults): void {
    const sum = odds.reduce((total, { probability }) => total + probability, 0);
    const isOdd = odds.some(({ probability }) => !(probability >= 0 && probability <= 1));
    if (isOdd || sum > 1) throw new RangeError(`The odds must be from 0 to 1 each and 1 at most together; got ${sum}.`);
    this.#odds = odds;
    this.#random = seededRandom(seed);
  }

  /** Forgets what has not happened yet, and the odds. */
  clear(): void {
    this.#waiting = [];
    this.#odds = [];
  }

  /** The fault of this request, if it has one. */
  take(request: StripeRequest): Fault | undefined {
    const index = this.#waiting.findIndex(({ scripted, left }) => left > 0 && matches(scripted.match, request));
    const found = this.#waiting[index];
    if (found === undefined) return this.#odds.length === 0 ? undefined : this.#drawn(request);
    this.#waiting.splice(index, 1, ...(found.left > 1 ? [{ ...found, left: found.left - 1 }] : []));
    return found.scripted;
  }

  /** One lot a request, whatever it matches: what one request is does not change the luck of the next. */
  #drawn(request: StripeRequest): Fault | undefined {
    let lot = this.#random();
    for (const { fault, probability, match } of this.#odds) {
      if (lot < probability) return matches(match, request) ? fault : undefined;
      lot -= probability;
    }
    return undefined;
  }
}

function matches(match: Match | undefined, request: StripeRequest): boolean {
  if (match?.method !== undefined && match.method !== request.method) return false;
  return match?.path === undefined || request.path.search(match.path) !== -1;
}
