import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLocalPostgres } from '../../src/adapters/localPostgres/index.ts';
import { doctor, migrate, PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import { newPool } from '../support/postgres/newPool.ts';
import { namedAppend, readAll } from './appends.ts';
import { expectSound } from './expectSound.ts';

const run = promisify(execFile);
const systemFolder = '/usr/lib/postgresql';

/** A folder that has pg_dump beside a server of the same version; the npm package's has not. */
function findTools(): string | undefined {
  const versions = existsSync(systemFolder) ? readdirSync(systemFolder) : [];
  const folders = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(systemFolder, version, 'bin'));
  const programs = ['initdb', 'postgres', 'pg_dump', 'pg_dumpall', 'psql'];
  return [process.env['POSTGRES_BINARIES'] ?? '', ...folders].find((folder) =>
    programs.every((program) => existsSync(join(folder, program))),
  );
}

const tools = findTools() ?? '';
const title = 'a dump restored in a new cluster';
const untested = 'no pg_dump beside a server here; .ci/run does it on Postgres 15 (npm run test:postgres -- 15)';

if (tools === '') console.warn(`NOT RUN: ${title}: ${untested}`);

async function startCluster() {
  const places = { folder: tools, npmPackage: '', systemFolder };
  const server = await startLocalPostgres({ durable: false, places });
  const pools = [newPool({ connectionString: server.url })];
  const connect = (user: string) => {
    const pool = newPool({ connectionString: server.url.replace('postgres@', `${user}@`), max: 1 });
    pools.push(pool);
    return pool;
  };
  onTestFinished(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await server.stop();
  });
  const pool = connect('postgres');
  return { url: server.url, pool, connect, store: new PostgresEventStore({ pool }) };
}

type Cluster = Awaited<ReturnType<typeof startCluster>>;

const append = (number: number) => namedAppend(`${number}`, [{ stream: `a-${number % 7}`, expectedVersion: 'any' }]);

async function fill(store: PostgresEventStore): Promise<void> {
  await Promise.all(Array.from({ length: 300 }, (_, number) => store.append(append(number))));
}

/** What these programs write, one after another, run by psql in another cluster. */
async function restore(from: Cluster, to: Cluster, dumps: readonly (readonly [string, ...string[]])[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dump-proof-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [program, ...options] of dumps) {
    const file = join(folder, `${program}.sql`);
    await run(join(tools, program), ['--dbname', from.url, '--file', file, ...options]);
    // The superuser who restores is among the roles, and there already.
    const stop = `ON_ERROR_STOP=${program === 'pg_dumpall' ? 0 : 1}`;
    await run(join(tools, 'psql'), ['--dbname', to.url, '--file', file, '--set', stop, '--quiet']);
  }
}

describe(title, () => {
  it('has every event, in its order, its hashes verify, and the trail goes on', async ({ skip }) => {
    skip(tools === '', untested);
    const old = await startCluster();
    await migrate({ pool: old.pool });
    await fill(old.store);
    const trail = await readAll(old.store);
    const restored = await startCluster();
    await restore(old, restored, [['pg_dump']]);

    expect(await expectSound(restored.store)).toEqual(trail);
    expect(await migrate({ pool: restored.pool })).toEqual({ applied: [] });
    await restored.store.append(append(300));
    expect(await expectSound(restored.store)).toHaveLength(301);
    await expect(restored.pool.query('delete from payment_trail.events')).rejects.toMatchObject({ code: '42501' });
  }, 60_000);

  it('has its roles too, where those are dumped, and the app can append and nothing more', async ({ skip }) => {
    skip(tools === '', untested);
    const roles = { owner: 'trail_owner', app: 'trail_app', reader: 'trail_reader' };
    const old = await startCluster();
    await migrate({ pool: old.pool, roles });
    await old.pool.query('create role backend login in role trail_app');
    await fill(new PostgresEventStore({ pool: old.connect('backend') }));
    const trail = await readAll(old.store);
    const restored = await startCluster();
    await restore(old, restored, [['pg_dumpall', '--roles-only'], ['pg_dump']]);

    const pool = restored.connect('backend');
    const store = new PostgresEventStore({ pool });
    expect(await expectSound(store)).toEqual(trail);
    await store.append(append(300));
    expect(await expectSound(store)).toHaveLength(301);
    const { findings } = await doctor({ pool });
    expect(findings.filter(({ code }) => code !== 'DURABILITY_OFF')).toEqual([]);
    await expect(pool.query('delete from payment_trail.events')).rejects.toMatchObject({ code: '42501' });
    await expect(pool.query('set role trail_owner')).rejects.toMatchObject({ code: '42501' });
  }, 60_000);
});
