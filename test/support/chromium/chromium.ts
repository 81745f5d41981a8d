import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const limitMs = 60_000;

/** The browser: the one that CHROMIUM names, else one in a usual place; undefined where there is none. */
export function findChromium(): string | undefined {
  return process.env['CHROMIUM'] ?? usualPlaces.find((path) => existsSync(path));
}

/** Opens a page without a network, with a profile of its own, and answers what the browser writes. */
export async function openPage(page: string, flags: readonly string[]): Promise<string> {
  const chromium = findChromium();
  if (chromium === undefined) throw new Error('there is no Chromium: set CHROMIUM, or apt-get install chromium');
  const folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  try {
    const file = join(folder, 'page.html');
    await writeFile(file, page);
    const always = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--proxy-server=127.0.0.1:1',
      `--user-data-dir=${join(folder, 'profile')}`,
    ];
    const options = { timeout: limitMs, maxBuffer: 64 * 1024 * 1024 };
    return (await run(chromium, [...always, ...flags, `file://${file}`], options)).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
