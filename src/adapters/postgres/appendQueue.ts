import { AsyncResource } from 'node:async_hooks';
import { PaymentMethodsError } from '../../application/errors.ts';
import { quietly } from '../../application/observing/observe.ts';
import type { AppendBatch, Observer } from '../../application/ports/observer.ts';
import type { AppendQueueLimits } from './appendLimits.ts';

/** What waits to be appended: all of it or none. */
export type Unit = {
  readonly streams: readonly string[];
  readonly bytes: number;
};

export type Settled<Result> = { readonly value: Result } | { readonly error: unknown };

type Waiting<U, Result> = {
  readonly unit: U;
  /** on the clock of `performance.now` */
  readonly since: number;
  readonly resolve: (value: Result) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * No caller's: a batch is many callers' work, and what watches the driver would put all of it into the trace, and the log
 * lines, of the one who came first. Made with the module, as a queue may be made within a call.
 */
const nobodys = new AsyncResource('AppendQueue');

/** A second call waits in the database for the first one's commit. With fewer units it is better to wait here, for more. */
const worthALane = 32;

/** Up to this many waiting units a batch takes them all; over it, it leaves half for the other lane. */
const smallestShare = 64;

/**
 * Group commit: units that arrive while a call is in flight go together in the next one. No timer: an idle queue sends
 * in the same turn of the event loop. Units of one stream go in the order they came, one call after the other. One unit's failure is its own.
 */
export class AppendQueue<U extends Unit, Result> {
  readonly #limits: AppendQueueLimits;
  readonly #send: (units: readonly U[]) => Promise<readonly Settled<Result>[]>;
  readonly #observer: Pick<Observer, 'appendBatch'> | undefined;
  readonly #streamsInFlight = new Set<string>();
  #waiting: Waiting<U, Result>[] = [];
  #waitingBytes = 0;
  #lanesInUse = 0;
  #telling = 0;
  #scheduled = false;
  #closed = false;
  readonly #drained: (() => void)[] = [];

  /** `send` answers one settled result per unit, in their order, and never rejects. */
  constructor(
    limits: AppendQueueLimits,
    send: (units: readonly U[]) => Promise<readonly Settled<Result>[]>,
    observer?: Pick<Observer, 'appendBatch'>,
  ) {
    this.#limits = limits;
    this.#send = send;
    this.#observer = observer;
  }

  /** Settles with the unit's own result. Rejects with `STORE_OVERLOADED` when full, `STORE_CLOSED` after `close`. */
  push(unit: U): Promise<Result> {
    if (this.#closed) {
      return Promise.reject(new PaymentMethodsError('STORE_CLOSED', 'The event store is closed. Make a new one.'));
    }
    const { maxQueuedUnits, maxQueuedBytes } = this.#limits;
    if (this.#waiting.length >= maxQueuedUnits || this.#waitingBytes + unit.bytes > maxQueuedBytes) {
      return Promise.reject(
        new PaymentMethodsError(
          'STORE_OVERLOADED',
          `${this.#waiting.length} appends (${this.#waitingBytes} characters) are waiting already; nothing was written. Try again later, or send less at once.`,
          { details: { waiting: this.#waiting.length, waitingCharacters: this.#waitingBytes } },
        ),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ unit, since: performance.now(), resolve, reject });
      this.#waitingBytes += unit.bytes;
      this.#schedule();
    });
  }

  /** Takes no more, and resolves when all that was taken is settled, and the observer was told. */
  close(): Promise<void> {
    this.#closed = true;
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  #isIdle(): boolean {
    return this.#waiting.length === 0 && this.#lanesInUse === 0 && this.#telling === 0;
  }

  /** At the end of the turn, when all who were answered, or were called, in it have pushed: their units travel together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => nobodys.runInAsyncScope(() => this.#sendWaiting()));
  }

  #sendWaiting(): void {
    this.#scheduled = false;
    while (this.#hasLane()) {
      this.#giveUpOnTheOld();
      const batch = this.#takeBatch();
      if (batch.length === 0) break;
      void this.#run(batch);
    }
    this.#noteIfDrained();
  }

  #hasLane(): boolean {
    if (this.#lanesInUse === 0) return true;
    return this.#lanesInUse < this.#limits.lanes && this.#waiting.length >= worthALane;
  }

  async #run(batch: readonly Waiting<U, Result>[]): Promise<void> {
    this.#lanesInUse += 1;
    const sentAt = performance.now();
    const results = await this.#send(batch.map(({ unit }) => unit));
    const tookMs = performance.now() - sentAt;
    this.#lanesInUse -= 1;
    batch.forEach(({ unit, resolve, reject }, index) => {
      for (const stream of unit.streams) this.#streamsInFlight.delete(stream);
      const settled = results[index];
      if (settled !== undefined && 'value' in settled) resolve(settled.value);
      else reject(settled?.error);
    });
    if (this.#waiting.length > 0) this.#schedule();
    this.#tell(batch, sentAt, tookMs);
    this.#noteIfDrained();
  }

  /** Behind all who were answered, and have gone on by then: nobody's append takes longer for being watched. */
  #tell(batch: readonly Waiting<U, Result>[], sentAt: number, tookMs: number): void {
    const observer = this.#observer;
    if (observer?.appendBatch === undefined) return;
    const told: AppendBatch = { waitedMs: batch.map(({ since }) => sentAt - since), tookMs };
    this.#telling += 1;
    setImmediate(() => {
      quietly(() => observer.appendBatch?.(told));
      this.#telling -= 1;
      this.#noteIfDrained();
    });
  }

  #noteIfDrained(): void {
    if (this.#isIdle()) for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** Those that waited too long: while the database does not answer, every call before theirs takes its whole time. */
  #giveUpOnTheOld(): void {
    const { deadlineMs } = this.#limits;
    const oldest = performance.now() - deadlineMs;
    // They wait in the order they came.
    const young = this.#waiting.findIndex(({ since }) => since >= oldest);
    for (const { unit, reject } of this.#waiting.splice(0, young === -1 ? this.#waiting.length : young)) {
      this.#waitingBytes -= unit.bytes;
      reject(
        new PaymentMethodsError(
          'STORE_UNAVAILABLE',
          `The append waited ${deadlineMs} ms for calls before it, and was not sent: nothing was written. Check the database, then try again.`,
          { details: { waitedMs: deadlineMs } },
        ),
      );
    }
  }

  #takeBatch(): Waiting<U, Result>[] {
    const share = Math.max(smallestShare, Math.ceil(this.#waiting.length / 2));
    const most = Math.min(share, this.#limits.maxBatchUnits);
    const batch: Waiting<U, Result>[] = [];
    const left: Waiting<U, Result>[] = [];
    const held = new Set(this.#streamsInFlight);
    let bytes = 0;
    let looked = 0;
    for (const waiting of this.#waiting) {
      if (batch.length === most) break;
      looked += 1;
      const { streams, bytes: size } = waiting.unit;
      const fits = batch.length === 0 || bytes + size <= this.#limits.maxBatchBytes;
      if (fits && !streams.some((stream) => held.has(stream))) {
        batch.push(waiting);
        bytes += size;
        for (const stream of streams) this.#streamsInFlight.add(stream);
      } else {
        left.push(waiting);
      }
      for (const stream of streams) held.add(stream);
    }
    this.#waiting = [...left, ...this.#waiting.slice(looked)];
    this.#waitingBytes -= bytes;
    return batch;
  }
}
