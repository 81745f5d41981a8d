import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newHost, run } from './packed.ts';

const runs = 11;
/** Prints the processor's time, which other programs do not add to, and the clock's; in milliseconds. */
const timedImport = `
  const [from, before] = [performance.now(), process.cpuUsage()];
  await import('attach-payment-method');
  const { user, system } = process.cpuUsage(before);
  console.log((user + system) / 1000, performance.now() - from);`;

let host: Awaited<ReturnType<typeof newHost>>;
beforeAll(async () => {
  host = await newHost();
});
afterAll(() => host.remove());

it('weighs less than 60 KB in a bundle, minified and compressed', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(host.installed, 'dist', 'index.js')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'silent',
  });
  const bytes = gzipSync(outputFiles[0]?.contents ?? '').length;
  console.log(`main entry: ${(bytes / 1000).toFixed(1)} KB, minified and compressed`);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(60_000);
});

it('is imported in less than 60 ms of a processor', async () => {
  const took: { readonly cpu: number; readonly wall: number }[] = [];
  for (let count = 0; count < runs; count += 1) {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', timedImport], { cwd: host.folder });
    const [cpu = Number.NaN, wall = Number.NaN] = stdout.split(' ').map(Number);
    took.push({ cpu, wall });
  }
  const median = (times: readonly number[]) => times.toSorted((one, other) => one - other)[Math.floor(runs / 2)] ?? 0;
  const cpu = median(took.map((one) => one.cpu));
  const wall = Math.min(...took.map((one) => one.wall));
  console.log(`main entry: imported in ${cpu.toFixed(1)} ms of a processor, in ${wall.toFixed(1)} ms at best`);
  expect(cpu).toBeGreaterThan(0);
  expect(cpu).toBeLessThan(60);
});
