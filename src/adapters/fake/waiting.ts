import type { Call, Delivery } from '../simulator/index.ts';

/**
 * Waits for a call's answer as long as its script says, or until the signal is aborted. What was aborted still takes
 * effect at its time, as it would at Stripe. No timer where no delay is scripted.
 */
export async function deliveryTo(call: Call, signal: AbortSignal | undefined): Promise<Delivery | 'aborted'> {
  const { delayMs, finish } = call;
  const delivery = delayMs === 0 ? finish() : await after(delayMs, finish, signal);
  if (delivery === 'aborted' || delivery.delivery !== 'whole' || delivery.holdMs === undefined) return delivery;
  return after(delivery.holdMs, () => delivery, signal);
}

function after(ms: number, finish: () => Delivery, signal: AbortSignal | undefined): Promise<Delivery | 'aborted'> {
  return new Promise((resolve, reject) => {
    const giveUp = () => resolve('aborted');
    signal?.addEventListener('abort', giveUp, { once: true });
    setTimeout(() => {
      signal?.removeEventListener('abort', giveUp);
      try {
        resolve(finish());
      } catch (error) {
        reject(error instanceof Error ? error : new Error('The call could not be finished.', { cause: error }));
      }
    }, ms);
  });
}
