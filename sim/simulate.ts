import { Chance } from './engine/chance.ts';
import { RandomFaults } from './faults/randomFaults.ts';
import type { LifeResult } from './life.ts';
import { live } from './life.ts';
import { setScene } from './world/scene.ts';
import type { WebhookPlan } from './world/webhookLine.ts';
import { planForgetting } from './world/forgetting.ts';
import { planWorkload } from './world/workload.ts';

const maxSkews = [0, 0, 500, 5_000, 60_000] as const;
/** Two clocks that are off by so much, one ahead and one behind, are nearly as far apart as is promised to be safe. */
const widestSkew = 29 * 60_000;
const downTimes = [
  [10, 2_000],
  [1_000, 90_000],
] as const;

/** One life, in which everything follows from the seed: the same seed lives the same life, to the last event's id. */
export function simulate(seed: number, { withTimeline = false } = {}): Promise<LifeResult> {
  const chance = new Chance(seed);
  // Of its own: what came to the workload later leaves the lives without it as they were.
  const extra = new Chance(~seed);
  // What came later still, likewise.
  const privacy = new Chance(seed * 37);
  const encrypts = privacy.hits(0.1);
  const leastSkewMs = new Chance(seed * 31).hits(0.1) ? widestSkew : 0;
  return live({
    chance,
    withTimeline,
    encrypts,
    workMs: chance.pick([0, 0, 1]),
    faults: new RandomFaults(chance),
    fleet: {
      processes: chance.between(2, 3),
      maxSkewMs: Math.max(chance.pick(maxSkews), leastSkewMs),
      downMs: chance.pick(downTimes),
    },
    webhooks: chance.hits(0.6) ? webhookPlan(chance) : null,
    endsWithSweep: extra.hits(0.1),
    setScene: (account) => setScene(account, chance),
    plan: (players) => {
      const lastsMs = planWorkload(players, extra);
      if (encrypts) planForgetting(players, lastsMs, privacy);
      return lastsMs;
    },
  });
}

function webhookPlan(chance: Chance): WebhookPlan {
  return {
    copies: chance.pick([1, 1, 2]),
    twins: chance.hits(0.1),
    delayMs: chance.pick([0, 0, 1_000, 100_000]),
    jitterMs: chance.pick([0, 200, 5_000, 200_000]),
  };
}
