import { Sometimes, sometimesNames } from '../engine/sometimes.ts';
import type { Broken, Job, Report } from '../jobs.ts';
import type { Play } from '../plays.ts';

/** By default settings, so long at the most from a crash to the outcome in the trail, in 99 of 100. */
const recoveredWithinMs = 60_000;

/** What all jobs of a run came to. */
export class Summary {
  readonly broken: Broken[] = [];
  readonly #sometimes = new Sometimes();
  readonly #recoveries: number[] = [];
  readonly #startedAt = performance.now();
  readonly #placements = new Map<Play, number>();
  #attaches = 0;
  #cpuMs = 0;

  add(report: Report, asked: Job): void {
    this.broken.push(...report.broken);
    this.#recoveries.push(...report.recoveries);
    if (asked.job === 'placements') {
      this.#placements.set(asked.play, (this.#placements.get(asked.play) ?? 0) + report.lives);
    }
    if (asked.job !== 'seeds') return;
    this.#sometimes.add(report.sometimes);
    this.#attaches += report.attaches;
    this.#cpuMs += report.cpuMs;
  }

  printPlacements(corpus: number): void {
    const at = (share: number) => seconds(this.#recoveryAt(share));
    console.log(`corpus: ${corpus} seeds`);
    const placed = [...this.#placements].map(([play, count]) => `${play} ${count}`);
    console.log(
      `placements, all of up to three faults on an attach, and of one on each other play (two at night): ${placed.join(', ')}`,
    );
    console.log(
      `from crash to outcome, default settings, ${this.#recoveries.length} crashes: ` +
        `p50 ${at(0.5)} s, p99 ${at(0.99)} s, max ${at(1)} s on the simulated clock`,
    );
  }

  /** Prints the whole, and answers whether everything was met that has to be. */
  print(seeds: number, mustCover: boolean): boolean {
    const { missing, counts } = this.#sometimes;
    console.log(`\nsometimes: ${sometimesNames.map((name) => `${name} ${counts.get(name) ?? 0}`).join(', ')}`);
    const took = ((performance.now() - this.#startedAt) / 1000).toFixed(1);
    console.log(
      `${seeds} seeds, ${this.broken.length} with a broken rule, ${this.#attaches} attach calls completed, repeats among them, ` +
        `${this.#perSecond} a second and core, ${took} s`,
    );
    if (!this.isInTime) console.log(`TOO LATE: p99 from crash to outcome is over ${seconds(recoveredWithinMs)} s`);
    if (!mustCover || missing.length === 0) return this.isInTime;
    console.log(`NEVER MET, so nothing was proved of it: ${missing.join(', ')}`);
    return false;
  }

  /** True where what crashes left open was finished as soon as it has to be. */
  get isInTime(): boolean {
    return this.#recoveryAt(0.99) <= recoveredWithinMs;
  }

  asJson(seeds: number) {
    return { seeds, violations: this.broken.length, attachesPerSecond: this.#perSecond };
  }

  #recoveryAt(share: number): number {
    const times = this.#recoveries.toSorted((one, other) => one - other);
    return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  }

  get #perSecond(): number {
    return this.#cpuMs === 0 ? 0 : Math.round(this.#attaches / (this.#cpuMs / 1000));
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
