import { Chance } from './engine/chance.ts';
import type { Boundary, Placement } from './faults/placedFaults.ts';
import { faultsAt, PlacedFaults } from './faults/placedFaults.ts';
import type { LifeResult } from './life.ts';
import { live } from './life.ts';
import type { PlacedCalls } from './placedCalls.ts';
import { isPlacedCalls, placedCalls, placedScene } from './placedCalls.ts';

export type PlacedResult = LifeResult & { readonly boundaries: readonly Boundary[] };

type PlaceOptions = { readonly withTimeline?: boolean; readonly seed?: number; readonly calls?: PlacedCalls };

/** How long faults may still come, on the simulated clock: until then a crashed attach has been recovered three times. */
const lastsMs = 150_000;

/** An attach, or other calls, in two processes that both recover, with faults at these boundaries and nowhere else. */
export async function place(
  placements: readonly Placement[],
  { withTimeline = false, seed = 1, calls = 'attach' }: PlaceOptions = {},
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
    setScene: (account) => placedScene(account, calls),
    plan: (players) => {
      placedCalls[calls].ask(players, players.around.chance.between(0, 10_000));
      return lastsMs;
    },
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

/** Placements as an argument on the command line, and back: `1:loseResponse,3:crashBefore`, of other calls `detach/1:…`. */
export function wordsOf(placements: readonly Placement[], calls: PlacedCalls = 'attach'): string {
  const words = placements.map(({ at, fault }) => `${at}:${fault}`).join(',');
  return calls === 'attach' ? words : `${calls}/${words}`;
}

export function placementsIn(words: string): {
  readonly calls: PlacedCalls;
  readonly placements: readonly Placement[];
} {
  const [named = '', placed] = words.split('/');
  const calls = placed !== undefined && isPlacedCalls(named) ? named : 'attach';
  const placements = (placed ?? named).split(',').map((word) => {
    const [at = '', fault = ''] = word.split(':');
    return { at: Number(at), fault };
  });
  return { calls, placements };
}
