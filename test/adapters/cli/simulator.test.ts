import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { anySimulator, apiKey, eventually } from '../simulator/support.ts';

function runSimulator(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/adapters/cli/main.ts', 'simulator', ...args]);
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

it.each([
  ['--port eighty', '--port must be a whole number from 0 to 65535'],
  ['--port 65536', '--port must be a whole number from 0 to 65535'],
  ['--nope', "unknown option '--nope'"],
  ['12111', 'too many arguments'],
])('says what is wrong with %s and exits with 2', async (typed, message) => {
  const { written, ended } = runSimulator(...typed.split(' '));
  expect(await ended).toEqual([2, null]);
  expect(written.err).toContain(message);
  expect(written.out).toBe('');
});

it('says what to do about a port in use and exits with 3', async () => {
  const { port } = new URL((await anySimulator()).url);
  const { written, ended } = runSimulator('--port', port);
  expect(await ended).toEqual([3, null]);
  expect(written.err).toBe(
    `error: Port ${port} is in use. Stop what listens there, or leave --port out to get a free port.\n`,
  );
});
