import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startSimulator } from '../../src/testing/index.ts';
import { createTestDatabase } from '../support/postgres/testDatabase.ts';
import { install, run } from './packed.ts';

it('the package runs in a NestJS application, as examples/nestjs has it', { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const database = await createTestDatabase({ migrated: false });
  onTestFinished(() => database.drop());
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());

  await cp('examples/nestjs', folder, { recursive: true });
  await install(folder);
  await run(process.execPath, [resolve('node_modules/typescript/lib/tsc.js'), '-p', folder]);
  const env = { DATABASE_URL: database.url, STRIPE_API_KEY: 'sk_test_example', STRIPE_API_BASE: simulator.url };
  const printed = await run(process.execPath, ['built/main.js'], { cwd: folder, env: { ...process.env, ...env } });
  expect(printed).toEqual({
    stdout: "{ outcome: 'attached' }\n{ status: 'attached' }\ndelivered 200\ndelivered 400\n",
    stderr: '',
  });
});
