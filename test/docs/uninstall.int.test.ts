import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { exportTrailToFile, readLines } from '../../src/adapters/audit/index.ts';
import { FakePaymentGateway } from '../../src/adapters/fake/index.ts';
import { importTrail, migrate, PostgresEventStore } from '../../src/adapters/postgres/index.ts';
import { PaymentMethods, randomIds, systemClock } from '../../src/index.ts';
import { createTestDatabase } from '../support/postgres/testDatabase.ts';
import { testRoles } from '../support/postgres/testRoles.ts';
import { fencesOf } from './markdown.ts';

const blocks = fencesOf(await readFile('docs/uninstall.md', 'utf8')).filter(({ language }) => language === 'sql');

it('docs/uninstall.md takes the module out of a database, and leaves an audit that can be read, checked and put back', async () => {
  const [database, folder] = [
    await createTestDatabase({ migrated: false }),
    await mkdtemp(join(tmpdir(), 'uninstall-')),
  ];
  const roles = testRoles(database);
  const { owner, app, reader } = roles.names;
  const pool = database.pool();
  try {
    await pool.query('create table orders (id int)');
    await migrate({ pool, roles: roles.names });
    const monolith = await roles.login(`in role ${app}`);
    const auditor = await roles.login(`in role ${reader}`);
    const eventStore = new PostgresEventStore({ pool: monolith.pool });
    const parts = { eventStore, gateway: new FakePaymentGateway(), clock: systemClock, ids: randomIds };
    const attach = (paymentMethodId: string) =>
      new PaymentMethods(parts).attach({ paymentMethodId, customer: 'cus_1', actor: 'user-7' });
    await attach('pm_1');
    const path = join(folder, 'trail.jsonl');
    await exportTrailToFile({ store: eventStore, path });

    const [keep = '', read = '', drop = '', ...others] = blocks.map(({ body }) =>
      body
        .replaceAll('payment_trail_owner', owner)
        .replaceAll('payment_trail_app', app)
        .replaceAll('payment_trail_reader', reader)
        .replaceAll('monolith', monolith.name),
    );
    expect(others).toEqual([]);

    await pool.query(keep);
    await expect(attach('pm_2')).rejects.toMatchObject({ code: 'STORE_REFUSED' });
    expect((await auditor.pool.query(read)).rowCount).toBe(2);

    await pool.query(drop);
    const left = `select 'schema' from pg_namespace where nspname = 'payment_trail'
      union all select rolname from pg_roles where rolname = any($1)
      union all select relname from pg_class where relnamespace = 'public'::regnamespace`;
    expect((await pool.query(left, [[owner, app, reader]])).rows).toEqual([{ '?column?': 'orders' }]);

    const { stdout } = await promisify(execFile)(process.execPath, ['verifier/verify.mjs', path]);
    expect(stdout).toMatch(/^intact: 2 events/);
    await migrate({ pool });
    expect(await importTrail({ pool, lines: readLines(path) })).toMatchObject({ position: 2 });
  } finally {
    await rm(folder, { recursive: true });
    await roles.drop();
  }
});
