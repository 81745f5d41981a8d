import type { Placement } from './faults/placedFaults.ts';
import type { Play } from './plays.ts';
import type { SometimesName } from './engine/sometimes.ts';

/** A piece of work for one worker process. */
export type Job =
  | {
      readonly job: 'seeds';
      readonly from: number;
      readonly count: number;
      /** true: the first life that breaks a rule is enough */
      readonly untilBroken: boolean;
    }
  /** every placement that begins with this one, up to so many faults together */
  | { readonly job: 'placements'; readonly play: Play; readonly placed: readonly Placement[]; readonly depth: number }
  /** crashes, and how long they take to be recovered from */
  | { readonly job: 'recoveries'; readonly from: number; readonly count: number };

/** A life that broke a rule, by what it is lived again with. */
export type Broken = { readonly replay: string; readonly violations: readonly string[] };

export type Report = {
  /** lives lived */
  readonly lives: number;
  readonly attaches: number;
  /** of the processor, for all of it */
  readonly cpuMs: number;
  readonly broken: readonly Broken[];
  readonly sometimes: readonly (readonly [SometimesName, number])[];
  /** from crash to outcome, in milliseconds on the simulated clock */
  readonly recoveries: readonly number[];
};
