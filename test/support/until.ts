import { setTimeout as sleep } from 'node:timers/promises';

const limitMs = 15_000;

/** Waits until it is so, looking every few milliseconds; throws, and says what never was, after 15 s. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() >= endsAt) throw new Error(`never within ${limitMs} ms: ${what}`);
    await sleep(10);
  }
}
