import { Chance } from './engine/chance.ts';
import type { Boundary, Placement } from './faults/placedFaults.ts';
import { faultsAt, PlacedFaults } from './faults/placedFaults.ts';
import type { LifeResult } from './life.ts';
import { live } from './life.ts';
import type { Players } from './world/workload.ts';

export type PlacedResult = LifeResult & { readonly boundaries: readonly Boundary[] };

type PlaceOptions = { readonly withTimeline?: boolean; readonly seed?: number };

/** How long faults may still come, on the simulated clock: until then a crashed attach has been recovered three times. */
const lastsMs = 150_000;

/** One attach, in one of two processes that both recover, with faults at these boundaries and nowhere else. */
export async function place(
  placements: readonly Placement[],
  { withTimeline = false, seed = 1 }: PlaceOptions = {},
): Promise<PlacedResult> {
  const faults = new PlacedFaults(placements);
  const result = await live({
    chance: new Chance(seed),
    faults,
    withTimeline,
    workMs: 0,
    fleet: { processes: 2, maxSkewMs: 0, downMs: [1_000, 1_000] },
    webhooks: null,
    endsWithSweep: false,
    setScene: (account) => {
      account.addCustomer('cus_Ana');
      account.addPaymentMethod({ id: 'pm_1' });
      return { customers: ['cus_Ana'], paymentMethods: ['pm_1'], ownersBefore: new Map() };
    },
    plan: askOnce,
  });
  return { ...result, boundaries: faults.boundaries };
}

/** Every way to place one more fault behind those already placed. */
export function further(
  placed: readonly Placement[],
  boundaries: readonly Boundary[],
): readonly (readonly Placement[])[] {
  const from = (placed.at(-1)?.at ?? -1) + 1;
  return boundaries
    .slice(from)
    .flatMap((boundary, index) => faultsAt(boundary).map((fault) => [...placed, { at: from + index, fault }]));
}

/** Placements as an argument on the command line, and back: `1:loseResponse,3:crashBefore`. */
export function wordsOf(placements: readonly Placement[]): string {
  return placements.map(({ at, fault }) => `${at}:${fault}`).join(',');
}

export function placementsIn(words: string): readonly Placement[] {
  return words.split(',').map((word) => {
    const [at = '', fault = ''] = word.split(':');
    return { at: Number(at), fault };
  });
}

function askOnce({ callers, around: { chance } }: Players): number {
  const wish = {
    call: 'attach',
    paymentMethodId: 'pm_1',
    customer: 'cus_Ana',
    attemptId: 'a1',
    setAsDefault: false,
    patience: 1,
  } as const;
  callers.asksLater(chance.between(0, 10_000), wish);
  return lastsMs;
}
