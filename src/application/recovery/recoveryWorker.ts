import { isPaymentMethodsError, PaymentMethodsError } from '../errors.ts';
import type { PaymentMethods } from '../paymentMethods.ts';
import type { Chance } from '../ports/chance.ts';
import type { Timers } from '../ports/timers.ts';
import type { RecoveryReport } from './recoveryReport.ts';

/** What a worker recovers by and when, and who hears of it. */
export type RecoveryWorkerParts = {
  readonly paymentMethods: Pick<PaymentMethods, 'recover'>;
  readonly timers: Timers;
  readonly chance: Chance;
  /** the longest pause between two passes, in milliseconds; the shortest is half of it. 10 000 if absent. */
  readonly intervalMs?: number | undefined;
  /** told of every pass, for metrics and logs */
  readonly onPass?: ((report: RecoveryReport) => unknown) | undefined;
  /** told of a pass that failed as a whole, and of what `onPass` threw */
  readonly onError?: ((error: unknown) => unknown) | undefined;
};

const longestIntervalMs = 2 ** 31 - 1;

/** Recovers again and again, until it is stopped. Each process may have one: they share the work. */
export class RecoveryWorker {
  readonly #parts: RecoveryWorkerParts;
  readonly #intervalMs: number;
  #stopping: AbortController | null = null;
  #running: Promise<void> = Promise.resolve();

  /** Throws `INVALID_OPTIONS`. */
  constructor(parts: RecoveryWorkerParts) {
    const { intervalMs = 10_000 } = parts;
    if (!Number.isSafeInteger(intervalMs) || intervalMs < 1 || intervalMs > longestIntervalMs) {
      throw new PaymentMethodsError(
        'INVALID_OPTIONS',
        `intervalMs is ${String(intervalMs)}; it must be a whole number from 1 to ${longestIntervalMs}.`,
      );
    }
    this.#parts = parts;
    this.#intervalMs = intervalMs;
  }

  /** Begins, with a pause of up to one interval: processes that start together do not recover together. Never throws. */
  start(): void {
    if (this.#stopping !== null) return;
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#running = this.#running.then(() => this.#run(stopping.signal));
  }

  /**
   * Ends: a pass under way takes no further request and is waited for. No timer and no call of its own is left then. Never
   * throws. It may be started again.
   */
  async stop(): Promise<void> {
    this.#stopping?.abort();
    this.#stopping = null;
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { timers, chance } = this.#parts;
    await timers.sleep(this.#intervalMs * chance.next(), signal);
    while (!signal.aborted) {
      if ((await this.#pass(signal)) === 'closed') return;
      await timers.sleep((this.#intervalMs / 2) * (1 + chance.next()), signal);
    }
  }

  async #pass(signal: AbortSignal): Promise<'done' | 'closed'> {
    const { paymentMethods, onPass, onError } = this.#parts;
    try {
      const report = await paymentMethods.recover({ signal });
      void tell(onPass, report).catch((error: unknown) => tell(onError, error).catch(() => {}));
    } catch (error) {
      if (!signal.aborted) void tell(onError, error).catch(() => {});
      if (isPaymentMethodsError(error, 'CLOSED')) return 'closed';
    }
    return 'done';
  }
}

/** Rejects with whatever the hook throws, now or later. */
async function tell<Value>(hook: ((value: Value) => unknown) | undefined, value: Value): Promise<void> {
  await hook?.(value);
}
