import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { RoleNames } from '../../../src/adapters/postgres/roleNames.ts';
import { verify } from '../../../src/adapters/audit/index.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import type { TestRoles } from '../../support/postgres/testRoles.ts';
import { testRoles } from '../../support/postgres/testRoles.ts';

let database: TestDatabase;
let admin: pg.Pool;
let roles: TestRoles;
let names: RoleNames;
beforeEach(async () => {
  database = await createTestDatabase({ migrated: false });
  admin = database.pool();
  roles = testRoles(database);
  ({ names } = roles);
});
afterEach(() => roles.drop());

const append = (store: PostgresEventStore) =>
  store.append([
    {
      stream: 'a-1',
      expectedVersion: 'any',
      events: [{ eventId: randomUUID(), type: 'SomethingHappened', data: '{}', metadata: '{}' }],
    },
  ]);

/** Every right on the schema that somebody but its owner has, as one would read it out. */
async function rightsIn(schema = 'payment_trail'): Promise<string[]> {
  const { rows } = await admin.query<{ held: string }>(
    `select concat_ws(' ', grantee, privilege, object) as held from (
       select 'schema' as object, grantee, privilege_type as privilege, nspowner as owner
       from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) where nspname = $1
       union all
       select relname, grantee, privilege_type, relowner
       from pg_class, aclexplode(coalesce(relacl, acldefault('r', relowner)))
       where relnamespace = quote_ident($1)::regnamespace and relkind = 'r'
       union all
       select proname, grantee, privilege_type, proowner
       from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) where pronamespace = quote_ident($1)::regnamespace
     ) held (object, grantee_oid, privilege, owner), lateral (select case grantee_oid when 0 then 'public' else grantee_oid::regrole::text end) g (grantee)
     where grantee_oid <> owner order by 1`,
    [schema],
  );
  return rows.map(({ held }) => held).sort();
}

async function ownersIn(schema = 'payment_trail'): Promise<string[]> {
  const { rows } = await admin.query<{ owner: string }>(
    `select distinct owner::regrole::text as owner from (
       select nspowner from pg_namespace where nspname = $1
       union all select relowner from pg_class where relnamespace = quote_ident($1)::regnamespace
       union all select proowner from pg_proc where pronamespace = quote_ident($1)::regnamespace
     ) owners (owner) order by 1`,
    [schema],
  );
  return rows.map(({ owner }) => owner);
}

async function rightsOf({ app, reader }: RoleNames): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `select distinct proname::text as name from pg_proc where pronamespace::regnamespace::text in ('payment_trail', '"Audit_2"')
     and proname in ('append', 'append_one') order by 1`,
  );
  const written = ['cursors', 'documents', 'generations', 'leases', 'subscriptions'];
  const tables = [...written, 'customer_keys', 'events', 'migrations', 'skipped_events', 'trails', 'turns'];
  const read = (role: string) => [
    `${role} EXECUTE instant`,
    ...tables.filter((table) => role === app || table !== 'customer_keys').map((table) => `${role} SELECT ${table}`),
    `${role} USAGE schema`,
  ];
  const write = [
    ...['DELETE', 'INSERT', 'UPDATE'].flatMap((right) => written.map((table) => `${app} ${right} ${table}`)),
    `${app} INSERT skipped_events`,
    `${app} INSERT customer_keys`,
    `${app} UPDATE customer_keys`,
  ];
  return [...rows.map(({ name }) => `${app} EXECUTE ${name}`), ...write, ...read(app), ...read(reader)].sort();
}

async function mayActAs(role: string, other: string): Promise<unknown> {
  const { rows } = await admin.query<{ may: boolean }>(
    `select pg_has_role($1::name, $2::name, 'USAGE') or pg_has_role($1::name, $2::name,
       case when current_setting('server_version_num')::int < 160000 then 'MEMBER' else 'SET' end) as may`,
    [role, other],
  );
  return rows[0]?.may;
}

async function mayCreateSchemas(pool: pg.Pool, role: string): Promise<void> {
  const { rows } = await pool.query<{ name: string }>('select current_database() as name');
  await pool.query(`grant create on database ${rows[0]?.name} to ${role}`);
}

async function aMigrator(options = 'createrole'): Promise<{ readonly name: string; readonly pool: pg.Pool }> {
  const migrator = await roles.login(options, { max: 1 });
  await mayCreateSchemas(admin, migrator.name);
  return migrator;
}

describe('migrate with roles', () => {
  it('makes roles nobody can log in as, gives all to the owner, and to the others what they need and no more', async () => {
    await migrate({ pool: admin, roles: names });
    const { rows } = await admin.query(
      'select rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls from pg_roles where rolname = any ($1)',
      [Object.values(names)],
    );
    const nothing = {
      rolcanlogin: false,
      rolsuper: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolbypassrls: false,
    };
    expect(rows).toEqual([nothing, nothing, nothing]);
    expect(await ownersIn()).toEqual([names.owner]);
    expect(await rightsIn()).toEqual(await rightsOf(names));
  });

  it('lets the app append and read', async () => {
    await migrate({ pool: admin, roles: names });
    const app = await roles.login(`in role ${names.app}`);
    const store = new PostgresEventStore({ pool: app.pool });
    expect(await append(store)).toMatchObject({ result: 'appended' });
    expect(await store.readStream('a-1')).toHaveLength(1);
    expect(await verify(store)).toMatchObject({ intact: true, events: 1 });
  });

  it('lets the reader read, and says what to grant when it appends', async () => {
    await migrate({ pool: admin, roles: names });
    await append(new PostgresEventStore({ pool: admin }));
    const reader = await roles.login(`in role ${names.reader}`);
    const store = new PostgresEventStore({ pool: reader.pool });
    expect(await store.readStream('a-1')).toHaveLength(1);
    expect(await store.readHead()).toMatchObject({ position: 1 });
    expect(await verify(store)).toMatchObject({ intact: true, events: 1 });
    await expect(append(store)).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      details: { sqlState: '42501' },
      message: expect.stringMatching(/SQLSTATE 42501.*the app role/),
      cause: { message: expect.stringContaining('permission denied for function append') },
    });
  });

  it('has nothing to do the second time, also when the app itself asks', async () => {
    await migrate({ pool: admin, roles: names });
    const before = await admin.query('select xmin::text, relname from pg_class where relnamespace = $1::regnamespace', [
      'payment_trail',
    ]);
    const app = await roles.login(`in role ${names.app}`);
    for (const pool of [admin, app.pool]) {
      expect(await migrate({ pool, roles: names })).toEqual({ applied: [] });
      expect(await migrate({ pool })).toEqual({ applied: [] });
    }
    const after = await admin.query('select xmin::text, relname from pg_class where relnamespace = $1::regnamespace', [
      'payment_trail',
    ]);
    expect(after.rows).toEqual(before.rows);
  });

  it('takes away, each time, what others were granted, and grants again what was taken', async () => {
    await migrate({ pool: admin, roles: names });
    const stranger = roles.name('Stranger');
    await admin.query(`create role "${stranger}"`);
    await admin.query(`
      grant usage, create on schema payment_trail to "${stranger}", public;
      grant all on payment_trail.events, payment_trail.trails to "${stranger}" with grant option;
      grant update (data), select (data) on payment_trail.events to ${names.reader};
      grant insert on payment_trail.events to ${names.app}, public;
      grant execute on function payment_trail.append to public, ${names.reader};
      revoke select on payment_trail.events from ${names.app};
      revoke usage on schema payment_trail from ${names.reader};
      set role "${stranger}"; grant delete on payment_trail.events to ${names.reader}; reset role`);
    await migrate({ pool: admin, roles: names });
    expect(await rightsIn()).toEqual(await rightsOf(names));
    const { rows } = await admin.query(
      `select privilege_type from pg_attribute, aclexplode(attacl)
       where attrelid = 'payment_trail.events'::regclass and privilege_type <> 'SELECT'`,
    );
    expect(rows).toEqual([]);
  });

  it.each(['createrole', 'createrole noinherit'])(
    'by a role with %s moves a trail that was migrated without roles, events and all',
    async (options) => {
      const migrator = await aMigrator(options);
      await migrate({ pool: migrator.pool });
      await append(new PostgresEventStore({ pool: migrator.pool }));
      expect(await ownersIn()).toEqual([migrator.name]);
      expect(await migrate({ pool: migrator.pool, roles: names })).toEqual({ applied: [] });
      expect(await ownersIn()).toEqual([names.owner]);
      expect(await rightsIn()).toEqual(await rightsOf(names));
      await expect(migrator.pool.query('alter table payment_trail.events disable trigger all')).rejects.toMatchObject({
        code: '42501',
      });
      const app = await roles.login(`in role ${names.app}`);
      expect(await append(new PostgresEventStore({ pool: app.pool }))).toMatchObject({ result: 'appended' });
      expect(await verify(new PostgresEventStore({ pool: app.pool }))).toMatchObject({ intact: true, events: 2 });
    },
  );

  it('takes over no function that somebody slipped in under a name of ours, and lends it no power', async () => {
    await migrate({ pool: admin, roles: names });
    const intruder = await roles.login();
    await admin.query(`grant usage, create on schema payment_trail to ${intruder.name}`);
    await intruder.pool.query(`create function payment_trail.append(text, text) returns name
      language sql security definer as 'select current_user';
      revoke all on function payment_trail.append(text, text) from public`);
    await migrate({ pool: admin, roles: names });
    const { rows } = await admin.query(`select payment_trail.append('', ''::text)::text as ran_as`);
    expect(rows).toEqual([{ ran_as: intruder.name }]);
    expect(await rightsIn()).toEqual(await rightsOf(names));
  });

  it('works in a schema of the host’s choice, beside another', async () => {
    await migrate({ pool: admin });
    await migrate({ pool: admin, schema: 'Audit_2', roles: names });
    expect(await ownersIn('Audit_2')).toEqual([names.owner]);
    expect(await rightsIn('Audit_2')).toEqual(await rightsOf(names));
    expect(await ownersIn()).not.toContain(names.owner);
  });
});

describe('a role that migrates and is no superuser', () => {
  it.each(['createrole', 'createrole noinherit'])(
    'needs %s and CREATE on the database, and keeps no power',
    async (options) => {
      const { pool, name } = await aMigrator(options);
      await migrate({ pool, roles: names });
      expect(await ownersIn()).toEqual([names.owner]);
      expect(await rightsIn()).toEqual(await rightsOf(names));
      expect(await mayActAs(name, names.owner)).toBe(false);
      expect((await pool.query('select current_user::text as name')).rows).toEqual([{ name }]);
      await expect(pool.query('select from payment_trail.events')).rejects.toMatchObject({ code: '42501' });
    },
  );

  it('can run a later migration', async () => {
    const { pool } = await aMigrator();
    await migrate({ pool, roles: names });
    await admin.query(`delete from payment_trail.migrations where name like '0005%'`);
    expect(await migrate({ pool, roles: names })).toMatchObject({ applied: ['0005_privileges.sql'] });
  });

  it('can do without CREATEROLE if the roles are there and it is a member of the owner', async () => {
    await admin.query(`create role ${names.owner}; create role ${names.app}; create role ${names.reader}`);
    const { pool, name } = await aMigrator(`in role ${names.owner}`);
    await migrate({ pool, roles: names });
    expect(await ownersIn()).toEqual([names.owner]);
    expect(await mayActAs(name, names.owner)).toBe(true);
  });

  it('that acts as a role it is a member of needs nothing itself', async () => {
    const group = roles.name('group');
    await admin.query(`create role ${group} createrole`);
    await mayCreateSchemas(admin, group);
    const { pool } = await roles.login(`in role ${group}`, { max: 1, options: `-c role=${group}` });
    await migrate({ pool, roles: names });
    expect(await ownersIn()).toEqual([names.owner]);
    expect(await mayActAs(group, names.owner)).toBe(false);
    expect((await pool.query('select current_user::text as name')).rows).toEqual([{ name: group }]);
  });

  it('is told what it needs when it may not', async () => {
    const { pool } = await aMigrator('nocreaterole');
    await expect(migrate({ pool, roles: names })).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      details: { sqlState: '42501' },
      message: expect.stringMatching(/SQLSTATE 42501.*CREATEROLE/),
      cause: { message: expect.stringContaining('permission denied to create role') },
    });
    await expect(admin.query(`select 'payment_trail'::regnamespace`)).rejects.toMatchObject({ code: '3F000' });
  });
});

describe('twenty processes that migrate at once', () => {
  const race = async (databases: readonly TestDatabase[], pool: (made: TestDatabase, index: number) => pg.Pool) =>
    Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const made = databases[index % databases.length] ?? database;
        return migrate({ pool: pool(made, index), roles: names });
      }),
    );

  it('to one database run it once, and all find the roles set', async () => {
    const results = await race([database], () => database.pool({ max: 1 }));
    expect(results.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
    expect(await rightsIn()).toEqual(await rightsOf(names));
  });

  it.each(['superuser', 'createrole'])(
    'to four databases of one cluster, by a %s, share the roles',
    async (options) => {
      const others = await Promise.all([1, 2, 3].map(() => createTestDatabase({ migrated: false })));
      const databases = [database, ...others];
      const migrator = await roles.login(options);
      for (const made of databases) {
        const grant = `execute format('grant create on database %I to ${migrator.name}', current_database())`;
        await made.pool({ max: 1 }).query(`do $$ begin ${grant}; end $$`);
      }
      const results = await race(databases, (made) => migrator.connect(made));
      expect(results.filter(({ applied }) => applied.length > 0)).toHaveLength(4);
      expect(await rightsIn()).toEqual(await rightsOf(names));
      expect(await mayActAs(migrator.name, names.owner)).toBe(options === 'superuser');
      await Promise.all(others.map((made) => made.drop()));
    },
  );
});
