import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type LocalPostgres, startLocalPostgres } from '../../../src/adapters/localPostgres/index.ts';
import { giveFolder, type ServerUser, serverUser } from '../../../src/adapters/localPostgres/serverUser.ts';
import { until } from '../until.ts';
import { runStatement } from './statements.ts';

/** What belongs to the running primary alone, or comes by streaming. */
const notCopied = new Set(['postmaster.pid', 'postmaster.opts', 'pg_wal', 'pg_replslot']);

/**
 * A streaming replica of a server that was started here and that nobody writes to just now: it serves reads, and
 * `pg_promote()` makes it a primary. Answers once it streams. `stop` removes its data.
 */
export async function startReplica(primary: LocalPostgres, name: string): Promise<LocalPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'local-postgres-replica-'));
  const cleanUp = () => rm(folder, { recursive: true, force: true });
  try {
    const user = serverUser();
    giveFolder(folder, user);
    await copyBase(primary, join(folder, 'data'), name, user);
    const primaryAddress = `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`;
    const replica = await startLocalPostgres({
      folder,
      places: { folder: primary.binaries, npmPackage: '', systemFolder: '' },
      settings: { primary_conninfo: primaryAddress, primary_slot_name: name, hot_standby: 'on' },
    });
    const look = `select from pg_stat_replication where application_name = '${name}' and state = 'streaming'`;
    await until(`${name} streams`, async () => (await runStatement(primary.url, look)).length > 0);
    const stop = async () => {
      await replica.stop();
      await cleanUp();
    };
    return { ...replica, stop };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** What pg_basebackup does; the npm package brings no pg_basebackup. The slot keeps what is to be streamed. */
async function copyBase(primary: LocalPostgres, to: string, slot: string, user: ServerUser | undefined): Promise<void> {
  const client = new pg.Client({ connectionString: primary.url });
  await client.connect();
  try {
    await client.query('select pg_create_physical_replication_slot($1, true)', [slot]);
    await client.query('select pg_backup_start($1, fast => true)', [slot]);
    const { rows: folders } = await client.query<{ data_directory: string }>('show data_directory');
    await copyFolder(folders[0]?.data_directory ?? '', to, user);
    const { rows } = await client.query<{ labelfile: string }>(
      'select labelfile from pg_backup_stop(wait_for_archive => false)',
    );
    for (const [name, text] of [
      ['backup_label', rows[0]?.labelfile ?? ''],
      ['standby.signal', ''],
    ] as const) {
      await writeFile(join(to, name), text);
      await own(join(to, name), user);
    }
  } finally {
    await client.end();
  }
}

/** As the server's user, so that the copy is its own. */
async function copyFolder(from: string, to: string, user: ServerUser | undefined): Promise<void> {
  for (const folder of [to, join(to, 'pg_wal'), join(to, 'pg_replslot')]) {
    await mkdir(folder, { mode: 0o700 });
    await own(folder, user);
  }
  const copied = (await readdir(from)).filter((entry) => !notCopied.has(entry)).map((entry) => join(from, entry));
  await promisify(execFile)('cp', ['-R', ...copied, to], { ...user, cwd: to });
}

async function own(path: string, user: ServerUser | undefined): Promise<void> {
  if (user !== undefined) await chown(path, user.uid, user.gid);
}
