import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createTestDatabase } from '../support/postgres/testDatabase.ts';
import { run } from './packed.ts';

const limitMs = 600_000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What the README says to type and to save, with another database and another port. */
async function firstAttach(databaseUrl: string, port: number) {
  const readme = await readFile('README.md', 'utf8');
  const [, commands = ''] = /```sh\n(\(cd attach-payment-method [^]*?)```/.exec(readme) ?? [];
  const [, program = ''] = /```ts\n([^]*?)```/.exec(readme) ?? [];
  return {
    program,
    commands: commands.replace(/DATABASE_URL=\S+/, `DATABASE_URL=${databaseUrl}`).replaceAll('12111', String(port)),
  };
}

it('the README alone leads from an empty home to a first recorded attach in ten minutes', {
  timeout: limitMs,
}, async () => {
  const home = await mkdtemp(join(tmpdir(), 'newcomer-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const database = await createTestDatabase({ migrated: false });
  onTestFinished(() => database.drop());
  const port = await freePort();
  const { program, commands } = await firstAttach(database.url, port);
  await mkdir(join(home, 'saved'));
  await writeFile(join(home, 'saved', 'attach.mjs'), program);
  await writeFile(
    join(home, 'typed.sh'),
    `set -em # with job control, as a terminal has it: %1 is the simulator too, not npx alone
trap 'for job in $(jobs -p); do kill -- -$job; done' EXIT
git clone --quiet '${process.cwd()}' attach-payment-method
${commands}
cp ../saved/attach.mjs .
# Whoever saves a file by hand takes longer than the simulator to start.
for _ in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null && break; sleep 0.2; done
node attach.mjs
npx attach-payment-method history pm_1MqM05LkdIwHu7ixlDxxO6Mc
kill %1
`,
  );

  // Nothing of this home, nor of the npm that runs this test: no cache, no settings.
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_|DATABASE_URL$|^STRIPE_/i.test(name));
  const from = performance.now();
  const env = { ...Object.fromEntries(kept), HOME: home };
  const { stdout } = await run('bash', ['typed.sh'], { cwd: home, env, timeout: limitMs - 10_000 });
  console.log(`a first recorded attach after ${((performance.now() - from) / 1000).toFixed(1)} s`);
  expect(stdout).toContain('\nattached visa 4242\n');
  expect(stdout).toMatch(/1 .* user-7 +AttachmentRequested [^]*2 .* user-7 +PaymentMethodAttached +visa •••• 4242/);
});
