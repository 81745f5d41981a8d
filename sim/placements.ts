import { Chance } from './engine/chance.ts';
import type { Boundary, Placement } from './faults/placedFaults.ts';
import { faultsAt, PlacedFaults } from './faults/placedFaults.ts';
import type { LifeResult } from './life.ts';
import { live } from './life.ts';
import type { Play } from './plays.ts';
import { encryptsIn, give, plays, sceneOf } from './plays.ts';

export type PlacedResult = LifeResult & { readonly boundaries: readonly Boundary[] };

type PlaceOptions = { readonly play?: Play; readonly withTimeline?: boolean; readonly seed?: number };

/** How long faults may still come, on the simulated clock: until then a crashed attach has been recovered three times. */
const lastsMs = 150_000;

/** One play, in two processes that both recover, with faults at these boundaries and nowhere else. */
export async function place(
  placements: readonly Placement[],
  { play = 'attach', withTimeline = false, seed = 1 }: PlaceOptions = {},
): Promise<PlacedResult> {
  const faults = new PlacedFaults(placements);
  const result = await live({
    chance: new Chance(seed),
    faults,
    withTimeline,
    encrypts: encryptsIn(play),
    workMs: 0,
    fleet: { processes: 2, maxSkewMs: 0, downMs: [1_000, 1_000] },
    webhooks: null,
    endsWithSweep: false,
    setScene: (account) => sceneOf(play, account),
    plan: (players) => {
      give(play, players);
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

/** Placements as an argument on the command line, and back: `attach,1:loseResponse,3:crashBefore`. */
export function wordsOf(play: Play, placements: readonly Placement[]): string {
  return [play, ...placements.map(({ at, fault }) => `${at}:${fault}`)].join(',');
}

export function placementsIn(words: string): { readonly play: Play; readonly placed: readonly Placement[] } {
  const [name, ...faults] = words.split(',');
  const play = plays.find((one) => one === name);
  if (play === undefined) throw new RangeError(`--placement begins with ${name}; it must be ${plays.join(' or ')}.`);
  const placed = faults.map((word) => {
    const [at = '', fault = ''] = word.split(':');
    return { at: Number(at), fault };
  });
  return { play, placed };
}
