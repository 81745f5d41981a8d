import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startLocalPostgres } from '../../../src/adapters/localPostgres/index.ts';
import { doctor, migrate } from '../../../src/adapters/postgres/index.ts';
import { newPool } from '../../support/postgres/newPool.ts';

const file = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const document = () => readFile(file('docs/roles.md'), 'utf8');

it('docs/roles.md shows this program as it is', async () => {
  const check = [file('test/support/snippets.mjs'), '--check', 'docs/roles.md'];
  await promisify(execFile)(process.execPath, check, { cwd: file('.') });
});

it('docs/roles.md has SQL that a DBA can run instead of CREATEROLE, and no member of the owner is left after it', async () => {
  const [setUp = '', after = ''] = [...(await document()).matchAll(/```sql\n([^]*?)```/g)].map((fence) => fence[1]);
  const server = await startLocalPostgres();
  const connect = (user: string, name = 'monolith') =>
    newPool({ host: '127.0.0.1', port: server.port, user, database: name, max: 1 });
  const [dba, superuser] = [connect('dba'), connect('postgres', 'postgres')];
  const [migratorPool, pool] = [connect('monolith_migrator'), connect('monolith')];
  try {
    for (const statement of [
      'create role dba login createrole',
      'create database monolith owner dba',
      'create role monolith login',
      'create role monolith_migrator login',
    ]) {
      await superuser.query(statement);
    }
    await dba.query(setUp);
    // #region migrate
    const roles = { owner: 'payment_trail_owner', app: 'payment_trail_app', reader: 'payment_trail_reader' };
    await migrate({ pool: migratorPool, roles }); // in a deploy step, or at each start
    // #endregion migrate
    await dba.query(after);
    // #region doctor
    const { healthy, findings } = await doctor({ pool });
    for (const { code, message, cure } of findings) console.error(code, message, cure);
    // #endregion doctor
    expect(healthy).toBe(true);
    await expect(migratorPool.query('set role payment_trail_owner')).rejects.toMatchObject({ code: '42501' });
  } finally {
    await Promise.all([dba, superuser, migratorPool, pool].map((made) => made.end()));
    await server.stop();
  }
});

it('docs/roles.md lists every code that doctor finds, and no other', async () => {
  const source = await readFile(file('src/adapters/postgres/doctor/findings.ts'), 'utf8');
  const codes = [...source.matchAll(/^ {2}\| '(\w+)'/gm)].map((match) => match[1]);
  const listed = [...(await document()).matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  expect(codes.length).toBeGreaterThan(20);
  expect(new Set(listed)).toEqual(new Set(codes));
});
