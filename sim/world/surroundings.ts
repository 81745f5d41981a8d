import type { Effect, StripeAccount } from '../../src/adapters/simulator/index.ts';
import type { Cursors } from '../../src/application/ports/cursors.ts';
import type { Leases } from '../../src/application/ports/leases.ts';
import type { Chance } from '../engine/chance.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Sometimes } from '../engine/sometimes.ts';
import type { Timeline } from '../engine/timeline.ts';
import type { FaultPlan } from '../faults/faultPlan.ts';
import type { Database } from './database.ts';
import type { Mortal } from './mortal.ts';
import type { Vault } from './vault.ts';

/** What all processes of a run share. */
export type Surroundings = {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly faults: FaultPlan;
  readonly account: StripeAccount;
  readonly database: Database;
  /** shared by all processes, by the database's clock */
  readonly leases: Leases;
  /** how far sweeps have come, shared by all processes */
  readonly cursors: Cursors;
  /** null where nothing is encrypted */
  readonly vault: Vault | null;
  readonly sometimes: Sometimes;
  /** undefined where nobody reads it: words cost time */
  readonly timeline: Timeline | undefined;
  /** who sent a request under a key last */
  readonly keyUsers: Map<string, Mortal>;
  /** of what requests of the host's did: when their sender had last looked at the payment method */
  readonly seenUntil: Map<Effect, number>;
  /** hears of what a request of the host's did; of nobody's where it is not set */
  readonly onEffect: { call?: (effect: Effect) => void };
  /** errors that are none of this module's: bugs */
  readonly unexpected: string[];
  /** how many requests to Stripe, answers of Stripe's and commits are still on their way */
  readonly transit: { count: number };
};

export const apiKey = 'sk_test_canary1234567890';
