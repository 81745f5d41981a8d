import { SimulatedProcess } from './simulatedProcess.ts';
import type { Surroundings } from './surroundings.ts';

export type FleetPlan = {
  readonly processes: number;
  /** how far clocks may be off, either way */
  readonly maxSkewMs: number;
  /** how long a process that died stays down, at the least and at the most */
  readonly downMs: readonly [number, number];
};

/** The processes of a host: one that dies is followed by another, some time later. */
export class Fleet {
  /** when processes died, in unix milliseconds */
  readonly deaths: number[] = [];
  readonly #around: Surroundings;
  readonly #plan: FleetPlan;
  #processes: SimulatedProcess[] = [];
  #started = 0;
  #idsMade = 0;
  #downUntil = 0;
  #isClosing = false;

  constructor(around: Surroundings, plan: FleetPlan) {
    this.#around = around;
    this.#plan = plan;
    for (let slot = 0; slot < plan.processes; slot += 1) this.#start(slot);
  }

  get alive(): readonly SimulatedProcess[] {
    return this.#processes.filter(({ isAlive }) => isAlive);
  }

  /** Until when no process is started, in unix milliseconds. */
  get downUntil(): number {
    return this.#downUntil;
  }

  /** Ends every process at once, and starts none for so long. */
  goDown(ms: number): void {
    this.#downUntil = this.#around.scheduler.now + ms;
    for (const process of this.alive) process.crash();
  }

  /** Ends every process, and starts no more: the run is over. */
  close(): void {
    this.#isClosing = true;
    for (const process of this.alive) process.crash();
  }

  /** Ids that look like UUIDs and never repeat in a run. */
  readonly nextId = (): string => {
    this.#idsMade += 1;
    return `00000000-0000-4000-8000-${this.#idsMade.toString(16).padStart(12, '0')}`;
  };

  #start(slot: number): void {
    const { chance, scheduler, timeline, sometimes } = this.#around;
    if (this.#isClosing) return;
    if (scheduler.now < this.#downUntil) {
      scheduler.after(this.#downUntil - scheduler.now, () => this.#start(slot));
      return;
    }
    this.#started += 1;
    const skewMs = this.#plan.maxSkewMs === 0 ? 0 : chance.between(-this.#plan.maxSkewMs, this.#plan.maxSkewMs);
    if (skewMs !== 0) sometimes.met('clocksApart');
    const process = new SimulatedProcess(this.#around, `p${this.#started}`, this.nextId, skewMs);
    timeline?.note(process.name, `starts (clock ${skewMs} ms off)`);
    process.onDeath(() => {
      this.deaths.push(scheduler.now);
      const [min, max] = this.#plan.downMs;
      scheduler.after(chance.between(min, max), () => this.#start(slot));
    });
    this.#processes = [...this.alive, process];
    process.startRecovery();
  }
}
