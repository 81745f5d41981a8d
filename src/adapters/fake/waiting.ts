import type { Timers } from '../../application/ports/timers.ts';
import type { Call, Delivery } from '../simulator/index.ts';

/** Waiting that takes as long as it says. */
export const realWaits: Pick<Timers, 'sleep'> = {
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * Waits for a call's answer as long as its script says, or until the signal is aborted. What was aborted still takes
 * effect at its time, as it would at Stripe. No timer where no delay is scripted.
 */
export async function deliveryTo(
  call: Call,
  signal: AbortSignal | undefined,
  timers: Pick<Timers, 'sleep'>,
): Promise<Delivery | 'aborted'> {
  const { delayMs, finish } = call;
  const delivery = delayMs === 0 ? finish() : await after(timers.sleep(delayMs), finish, signal);
  if (delivery === 'aborted' || delivery.delivery !== 'whole' || delivery.holdMs === undefined) return delivery;
  return after(timers.sleep(delivery.holdMs), () => delivery, signal);
}

function after(
  wait: Promise<void>,
  finish: () => Delivery,
  signal: AbortSignal | undefined,
): Promise<Delivery | 'aborted'> {
  return new Promise((resolve, reject) => {
    const giveUp = () => resolve('aborted');
    signal?.addEventListener('abort', giveUp, { once: true });
    wait
      .then(() => {
        signal?.removeEventListener('abort', giveUp);
        resolve(finish());
      })
      .catch((error: unknown) => {
        reject(error instanceof Error ? error : new Error('The call could not be finished.', { cause: error }));
      });
  });
}
