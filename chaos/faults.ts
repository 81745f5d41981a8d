import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../sim/engine/chance.ts';
import type { Database } from './database.ts';
import type { Fleet } from './fleet.ts';
import type { Line, PlannedCut } from './line.ts';
import type { StripeServer } from './stripe/stripeServer.ts';

/** What can be broken. */
export type Breakable = {
  readonly chance: Chance;
  readonly fleet: Fleet;
  readonly database: Database;
  readonly stripe: StripeServer;
  readonly stripeLine: Line;
};

type Strike = (breakable: Breakable) => Promise<void> | void;

export type Fault = {
  /** `early`: it is laid before the calls, and strikes those that meet it; `amid`: it strikes in the midst of them */
  readonly comes: 'early' | 'amid';
  /** how often, in so many cycles as all of these numbers add up to */
  readonly often: number;
  readonly strike: Strike;
};

/** Stands in every append, and in nothing else that goes to the database. */
const inAppends = 'schemaVersion';
const inAttaches = '/attach';
const toAttach = { method: 'POST', path: '/attach$' };

/** Every fault, by what it is called in the report. */
export const faults: Readonly<Record<string, Fault>> = {
  'SIGKILL of a process': amid(7, ({ fleet, chance }) => fleet.kill(1, (slots) => chance.pick(slots))),
  'SIGKILL of every process': amid(1, ({ fleet, chance }) => fleet.kill(3, (slots) => chance.pick(slots))),
  'immediate stop of Postgres': amid(3, ({ database, chance }) => database.stopImmediately(chance.between(0, 60))),
  pg_terminate_backend: amid(2, ({ database }) => database.terminateBackend()),
  'SIGKILL of a backend': amid(1, ({ database }) => database.killBackend()),
  'database slow': early(1, ({ database, chance }) => database.line.slowDown(chance.between(5, 60), 150)),
  'database connections reset': amid(1, ({ database }) => database.line.cutAll('reset')),
  'cut before an append arrives': early(1, ({ database, chance }) => {
    database.line.plan({ asks: inAppends, cuts: 'request', passing: chance.between(0, 400), ...howOften(chance) });
  }),
  'cut between COMMIT and its acknowledgement': early(3, ({ database, chance }) => {
    database.line.plan({ asks: inAppends, cuts: 'answer', passing: chance.between(0, 30), ...howOften(chance) });
  }),
  'Stripe slow': early(1, ({ stripeLine, chance }) => stripeLine.slowDown(chance.between(20, 300), 150)),
  'Stripe connections reset': amid(1, ({ stripeLine }) => stripeLine.cutAll('reset')),
  'Stripe away': amid(1, async ({ stripeLine, stripe, chance }) => {
    stripeLine.pointTo(null);
    stripeLine.cutAll('reset');
    await sleep(chance.between(50, 1_500));
    stripeLine.pointTo(stripe.port);
  }),
  'request to Stripe lost': early(1, ({ stripeLine, chance }) => {
    stripeLine.plan({ asks: inAttaches, cuts: 'request', passing: chance.between(0, 200), ...howOften(chance) });
  }),
  'answer of Stripe lost': early(2, ({ stripeLine, chance }) => {
    stripeLine.plan({ asks: inAttaches, cuts: 'answer', passing: 0, ...howOften(chance) });
  }),
  'answer of Stripe cut off': early(1, ({ stripeLine, chance }) => {
    stripeLine.plan({ asks: inAttaches, cuts: 'answer', passing: chance.between(1, 1_500), ...howOften(chance) });
  }),
  '500 of Stripe': early(2, ({ stripe, chance }) =>
    stripe.plan({ fault: 'serverError', effect: chance.hits(0.4), match: toAttach }),
  ),
};

export const failoverName = 'failover';

/** The failover, of which there is one in a run. */
export const failover: Fault = amid(0, ({ database, chance }) => database.failOver(chance));

/** Deals every fault as often as it is to come, in any order, and then again. */
export class Deck {
  readonly #chance: Chance;
  readonly #cards: string[] = [];

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** `fits`: those that may be dealt now; the others come later. */
  deal(fits: (name: string) => boolean = () => true): string {
    if (!this.#cards.some(fits)) {
      this.#cards.push(
        ...Object.entries(faults).flatMap(([name, { often }]) => Array.from({ length: often }, () => name)),
      );
    }
    const name = this.#chance.pick(this.#cards.filter(fits));
    this.#cards.splice(this.#cards.indexOf(name), 1);
    return name;
  }
}

function amid(often: number, strike: Strike): Fault {
  return { comes: 'amid', often, strike };
}

function early(often: number, strike: Strike): Fault {
  return { comes: 'early', often, strike };
}

/** Once, or so often that who tries again at once meets it again. */
function howOften(chance: Chance): Pick<PlannedCut, 'by' | 'times'> {
  return { by: chance.pick(['end', 'reset']), times: chance.pick([1, 3]) };
}
