import { setImmediate as settled } from 'node:timers/promises';
import type { Clock } from '../application/ports/clock.ts';
import type { Timers } from '../application/ports/timers.ts';

type Wait = { readonly until: number; readonly wake: () => void };

/** More waits than this in one `advance`, and something sleeps again and again without time going by. */
const mostWakes = 100_000;

/**
 * A clock, and timers, that stand still until the test moves them: for `PaymentMethods`, a `RecoveryWorker`, a fake gateway
 * and a simulated account alike. It replaces nothing global.
 */
export class ManualTime implements Clock, Timers {
  #now: number;
  readonly #waits = new Set<Wait>();

  /** From 2025-11-23T12:00:00Z on, where no other start is given. */
  constructor(start: Date = new Date('2025-11-23T12:00:00Z')) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#waits.delete(wait);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const wait = { until: this.#now + ms, wake };
      this.#waits.add(wait);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** How many wait for their time to come. */
  get waiting(): number {
    return this.#waits.size;
  }

  /**
   * Lets so many milliseconds go by: each who waits wakes at its own time, in order, and what follows of it in this process,
   * a new wait among it, happens before time goes on. Throws a `RangeError` for less than nothing.
   */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new RangeError(`advance(${ms}): time goes on, by 0 milliseconds or more.`);
    const end = this.#now + ms;
    await settled();
    for (let wakes = 0; wakes < mostWakes; wakes += 1) {
      const next = this.#first();
      if (next === undefined || next.until > end) {
        this.#now = Math.max(this.#now, end);
        return;
      }
      this.#now = Math.max(this.#now, next.until);
      next.wake();
      await settled();
    }
    throw new Error(`advance(${ms}): something waited ${mostWakes} times. Is its pause a fraction of a millisecond?`);
  }

  /** Who waits for the earliest instant; of several, who began first. */
  #first(): Wait | undefined {
    let first: Wait | undefined;
    for (const wait of this.#waits) if (first === undefined || wait.until < first.until) first = wait;
    return first;
  }
}
