import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { anySimulator, apiKey, eventually } from '../support.ts';

function runSimulator(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/adapters/cli/simulator.ts', ...args]);
  const written = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    written.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    written.err += chunk.toString();
  });
  return { child, written, ended: once(child, 'close') };
}

it.each(['SIGINT', 'SIGTERM'] as const)(
  'prints one line with its URL, serves, and ends cleanly on %s',
  async (signal) => {
    const { child, written, ended } = runSimulator();
    try {
      await eventually(() => written.out).toContain('\n');
      const url = /^Stripe simulator listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(written.out)?.[1] ?? '';
      const headers = { authorization: `Bearer ${apiKey}` };
      expect((await fetch(`${url}/v1/customers/cus_NbZ8Ki3f322LNn`, { headers })).status).toBe(200);
    } finally {
      child.kill(signal);
    }
    expect(await ended).toEqual([0, null]);
    expect(written.err).toBe('');
  },
);

it.each([['--port', 'eighty'], ['--port', '65536'], ['--nope'], ['12111']])(
  'says what is wrong with %s %s and exits with 2',
  async (...args) => {
    const { written, ended } = runSimulator(...args);
    expect(await ended).toEqual([2, null]);
    expect(written.err).toContain('--port must be a whole number from 0 to 65535');
    expect(written.out).toBe('');
  },
);

it('says what to do about a port in use and exits with 3', async () => {
  const { port } = new URL((await anySimulator()).url);
  const { written, ended } = runSimulator('--port', port);
  expect(await ended).toEqual([3, null]);
  expect(written.err).toBe(
    `Port ${port} is in use. Stop what listens there, or leave --port out to get a free port.\n`,
  );
});
