import { setTimeout as sleep } from 'node:timers/promises';

const limitMs = Number(process.env['UNTIL_MS'] ?? 15_000);

/** Waits until it is so, looking every few milliseconds; throws, and says what never was, after 15 s (or `UNTIL_MS`). */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() >= endsAt) throw new Error(`never within ${limitMs} ms: ${what}`);
    await sleep(10);
  }
}
