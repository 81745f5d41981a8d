import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLocalPostgres } from '../../src/adapters/localPostgres/index.ts';
import { migrate, PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import { newPool } from '../support/postgres/newPool.ts';
import { namedAppend, readAll } from './appends.ts';
import { expectSound } from './expectSound.ts';

const run = promisify(execFile);
const systemFolder = '/usr/lib/postgresql';

/** A folder that has pg_dump beside a server of the same version; the npm package's has not. */
function findTools(): string | undefined {
  const versions = existsSync(systemFolder) ? readdirSync(systemFolder) : [];
  const folders = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(systemFolder, version, 'bin'));
  const programs = ['initdb', 'postgres', 'pg_dump', 'psql'];
  return [process.env['POSTGRES_BINARIES'] ?? '', ...folders].find((folder) =>
    programs.every((program) => existsSync(join(folder, program))),
  );
}

const tools = findTools() ?? '';

async function startCluster() {
  const places = { folder: tools, npmPackage: '', systemFolder };
  const server = await startLocalPostgres({ durable: false, places });
  const pool = newPool({ connectionString: server.url });
  onTestFinished(async () => {
    await pool.end();
    await server.stop();
  });
  return { url: server.url, pool, store: new PostgresEventStore({ pool }) };
}

describe.runIf(tools !== '')('a dump restored in a new cluster', () => {
  it('has every event, in its order, its hashes verify, and the trail goes on', async () => {
    const old = await startCluster();
    await migrate({ pool: old.pool });
    const append = (number: number) =>
      namedAppend(`${number}`, [{ stream: `a-${number % 7}`, expectedVersion: 'any' }]);
    await Promise.all(Array.from({ length: 300 }, (_, number) => old.store.append(append(number))));
    const trail = await readAll(old.store);

    const folder = await mkdtemp(join(tmpdir(), 'dump-proof-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'dump.sql');
    await run(join(tools, 'pg_dump'), ['--dbname', old.url, '--file', file]);
    const restored = await startCluster();
    await run(join(tools, 'psql'), ['--dbname', restored.url, '--file', file, '--set', 'ON_ERROR_STOP=1', '--quiet']);

    expect(await expectSound(restored.store)).toEqual(trail);
    expect(await migrate({ pool: restored.pool })).toEqual({ applied: [] });
    await restored.store.append(append(300));
    expect(await expectSound(restored.store)).toHaveLength(301);
    await expect(restored.pool.query('delete from payment_trail.events')).rejects.toMatchObject({ code: '42501' });
  }, 60_000);
});
