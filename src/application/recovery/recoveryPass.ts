import type { OpenRequestNote, OpenStream } from '../readModels/openAttempts.ts';
import type { RecoveryPolicy } from './recoveryPolicy.ts';
import type { RecoveryReport } from './recoveryReport.ts';
import type { Standing } from './settled.ts';

type Lists = {
  -readonly [List in keyof RecoveryReport]: RecoveryReport[List] extends readonly (infer Item)[] ? Item[] : number;
};

/** What a pass has found so far. */
export class RecoveryPass {
  readonly #report: Lists = { looked: 0, settled: [], stillOpen: [], putOff: 0, stuck: [], errors: [] };
  readonly #policy: RecoveryPolicy;
  readonly #startedAt: number;

  constructor(policy: RecoveryPolicy, startedAt: number) {
    this.#policy = policy;
    this.#startedAt = startedAt;
  }

  get report(): RecoveryReport {
    return this.#report;
  }

  putOff(open: OpenStream): void {
    for (const note of open.requests) {
      this.#report.putOff += 1;
      this.#watch(open, note);
    }
  }

  looked(open: OpenStream, note: OpenRequestNote, standing: Standing): void {
    const { stream } = open;
    this.#report.looked += 1;
    if (!standing.isOpen) {
      this.#report.settled.push({ stream, ...note, outcome: standing.outcome });
      return;
    }
    this.#report.stillOpen.push({ stream, ...note, why: standing.why });
    this.#watch(open, note);
  }

  failed(open: OpenStream, error: unknown): void {
    const { stream, requests } = open;
    this.#report.errors.push({ stream, error });
    for (const note of requests) this.looked(open, note, { isOpen: true, why: note.why });
  }

  /** Something that did not keep the stream from being looked after. */
  warned({ stream }: OpenStream, error: unknown): void {
    this.#report.errors.push({ stream, error });
  }

  #watch({ stream }: OpenStream, note: OpenRequestNote): void {
    const ageMs = this.#startedAt - Date.parse(note.since);
    const { stuckAfterMs, needsHumanAfterMs } = this.#policy;
    if (ageMs < stuckAfterMs) return;
    this.#report.stuck.push({ stream, ...note, needsHuman: ageMs >= needsHumanAfterMs });
  }
}
