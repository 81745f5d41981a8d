import { randomUUID } from 'node:crypto';
import type { Chance } from '../../application/ports/chance.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { IdGenerator } from '../../application/ports/idGenerator.ts';
import type { Timers } from '../../application/ports/timers.ts';

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };

/** Random UUIDs (RFC 9562, version 4). */
export const randomIds: IdGenerator = { next: () => randomUUID() };

/** The machine's own timers. One that runs keeps the process up: end the wait by its signal. */
export const systemTimers: Timers = {
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal?.addEventListener('abort', wake, { once: true });
    }),
};

/** The machine's own chance. */
export const systemChance: Chance = { next: () => Math.random() };
