import { failoverName, faults } from './faults.ts';
import type { RoundResult } from './round.ts';

/** With fewer cycles than this, that something never happened says nothing. */
const cyclesForCoverage = 100;

/** What all rounds of a run came to. */
export class Summary {
  readonly #startedAt = performance.now();
  readonly #cycleMs: number[] = [];
  readonly #struck = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  readonly #unjudged = new Map<string, boolean>();
  readonly #violations: string[] = [];
  readonly #explanation: string[] = [];

  add({ judged, violations, explanation, struck, cycleMs, counts }: RoundResult): void {
    this.#cycleMs.push(...cycleMs);
    this.#violations.push(...violations);
    if (violations.length > 0) this.#explanation.push(`What struck, in order: ${struck.join(', ')}.`, ...explanation);
    for (const fault of struck) this.#struck.set(fault, (this.#struck.get(fault) ?? 0) + 1);
    for (const [what, count] of Object.entries(counts)) this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
    for (const { rule, verdict } of judged) {
      this.#unjudged.set(rule, (this.#unjudged.get(rule) ?? true) && verdict === 'unknown');
    }
  }

  /** For whoever waits for a long run. */
  printProgress(): void {
    console.log(`after ${this.#cycleMs.length} cycles and ${this.#seconds} s: ${this.#violations.length} violations`);
  }

  /** Prints the whole, and answers whether all is well and everything was met that has to be. */
  print(seed: number): boolean {
    const seconds = this.#seconds;
    console.log(`faults: ${[...this.#struck].map(([name, times]) => `${name} ${times}`).join(', ')}`);
    console.log(`counts: ${[...this.#counts].map(([name, times]) => `${name} ${times}`).join(', ')}`);
    const times = this.#cycleMs.toSorted((one, other) => one - other);
    const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
    console.log(
      `${times.length} cycles with seed ${seed} in ${seconds} s (a cycle: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms), ` +
        `${this.#violations.length} violations`,
    );
    for (const violation of this.#violations.slice(0, 20)) console.log(`  ${violation}`);
    if (this.#violations.length > 0) {
      console.log(
        `The same faults and calls again, as far as the machine's timing lets them: --cycles ${times.length} --seed ${seed}`,
      );
    }
    for (const line of this.#explanation) console.log(line);
    const missing = times.length < cyclesForCoverage || this.#violations.length > 0 ? [] : this.#missing;
    if (missing.length > 0) console.log(`NEVER MET, so nothing was proved of it: ${missing.join(', ')}`);
    return this.#violations.length === 0 && missing.length === 0;
  }

  asJson() {
    return { cycles: this.#cycleMs.length, violations: this.#violations.length, seconds: this.#seconds };
  }

  get #seconds(): number {
    return Math.round((performance.now() - this.#startedAt) / 100) / 10;
  }

  get #missing(): readonly string[] {
    return [
      ...[...Object.keys(faults), failoverName].filter((name) => !this.#struck.has(name)),
      ...[...this.#counts].filter(([, count]) => count === 0).map(([what]) => what),
      ...[...this.#unjudged].filter(([, isUnjudged]) => isUnjudged).map(([rule]) => rule),
    ];
  }
}
