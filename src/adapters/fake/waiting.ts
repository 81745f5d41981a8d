import type { Call, Delivery } from '../simulator/index.ts';

/**
 * Waits for a call's answer as long as its script says, or until the signal is aborted. What was aborted still takes
 * effect at its time, as it would at Stripe. No timer where no delay is scripted.
 */
export async function deliveryTo(call: Call, signal: AbortSignal | undefined): Promise<Delivery | 'aborted'> {
  if (call.delayMs === 0) return call.finish();
  return new Promise((resolve, reject) => {
    const giveUp = () => resolve('aborted');
    signal?.addEventListener('abort', giveUp, { once: true });
    setTimeout(() => {
      signal?.removeEventListener('abort', giveUp);
      try {
        resolve(call.finish());
      } catch (error) {
        reject(error instanceof Error ? error : new Error('The call could not be finished.', { cause: error }));
      }
    }, call.delayMs);
  });
}
