import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalPostgres } from '../../../src/adapters/localPostgres/index.ts';
import type { Finding } from '../../../src/adapters/postgres/doctor.ts';
import { doctor } from '../../../src/adapters/postgres/doctor.ts';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import type { RoleNames } from '../../../src/adapters/postgres/roleNames.ts';
import { newPool } from '../../support/postgres/newPool.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import type { TestLogin, TestRoles } from '../../support/postgres/testRoles.ts';
import { testRoles } from '../../support/postgres/testRoles.ts';

let database: TestDatabase;
let admin: pg.Pool;
let roles: TestRoles;
let names: RoleNames;
let app: TestLogin;
let stranger: string;
let functions: readonly string[];
beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  admin = database.pool();
  roles = testRoles(database);
  ({ names } = roles);
  await migrate({ pool: admin, roles: names });
  app = await roles.login(`in role ${names.app}`);
  stranger = roles.name('stranger');
  await admin.query(`create role ${stranger}`);
  const { rows } = await admin.query<{ text: string }>(
    `select pg_get_functiondef(oid) as text from pg_proc where pronamespace = 'payment_trail'::regnamespace and prokind = 'f'`,
  );
  functions = rows.map(({ text }) => text);
});
afterAll(() => roles.drop());

/** What is found, without the settings of the server: the tests' own prefers speed to safety. */
async function examine(pool = app.pool): Promise<Finding[]> {
  const { findings } = await doctor({ pool });
  return findings.filter(({ code }) => code !== 'DURABILITY_OFF');
}

async function serverVersion(): Promise<number> {
  const { rows } = await admin.query<{ server_version_num: string }>('show server_version_num');
  return Number(rows[0]?.server_version_num);
}

const restoreFunctions = () => admin.query(functions.join(';\n'));
const restoreRights = () => migrate({ pool: admin, roles: names });
const named = (sql: string) =>
  sql.replaceAll('OWNER', names.owner).replaceAll('APP', names.app).replaceAll('STRANGER', stranger);
/** Changes a function's text in place. */
const rewrite = (name: string, from: string, to: string) =>
  `do $do$ begin execute replace(pg_get_functiondef('payment_trail.${name}'::regproc), $x$${from}$x$, $x$${to}$x$); end $do$`;

const appendOnly = `create trigger append_only before update or delete or truncate on payment_trail.events
  for each statement execute function payment_trail.refuse_change();
  alter table payment_trail.events enable always trigger append_only`;
const without = (trigger: string, on: string, instead: string) =>
  `drop trigger ${trigger} on payment_trail.${on}; ${instead};
   alter table payment_trail.${on} enable always trigger ${trigger}`;

type Plant = {
  readonly code: Finding['code'];
  /** in the message */
  readonly says: string;
  readonly plant: string;
  readonly undo: string | (() => Promise<unknown>);
};

const plants: Plant[] = [
  {
    code: 'MIGRATION_PENDING',
    says: '0005_privileges.sql',
    plant: `create table held as select * from payment_trail.migrations where name like '0005%';
      delete from payment_trail.migrations where name like '0005%'`,
    undo: 'insert into payment_trail.migrations select * from held; drop table held',
  },
  {
    code: 'MIGRATION_AHEAD',
    says: '9999_later.sql',
    plant: `insert into payment_trail.migrations (name, checksum) values ('9999_later.sql', 'x')`,
    undo: `delete from payment_trail.migrations where name like '9999%'`,
  },
  {
    code: 'MIGRATION_CHANGED',
    says: '0002_append_only.sql',
    plant: `update payment_trail.migrations set checksum = reverse(checksum) where name like '0002%'`,
    undo: `update payment_trail.migrations set checksum = reverse(checksum) where name like '0002%'`,
  },
  {
    code: 'FUNCTION_MISSING',
    says: 'judge',
    plant: 'alter function payment_trail.judge rename to other',
    undo: 'alter function payment_trail.other rename to judge',
  },
  {
    code: 'TRIGGER_MISSING',
    says: 'append_only',
    plant: 'drop trigger append_only on payment_trail.events',
    undo: appendOnly,
  },
  ...['disable trigger append_only', 'enable trigger append_only', 'enable replica trigger append_only'].map(
    (how): Plant => ({
      code: 'TRIGGER_NOT_ALWAYS',
      says: 'append_only',
      plant: `alter table payment_trail.events ${how}`,
      undo: 'alter table payment_trail.events enable always trigger append_only',
    }),
  ),
  {
    code: 'TRIGGER_CHANGED',
    says: 'BEFORE DELETE ON',
    plant: without('append_only', 'events', appendOnly.replace('update or delete or truncate', 'delete')),
    undo: without('append_only', 'events', appendOnly),
  },
  {
    code: 'TRIGGER_CHANGED',
    says: 'suppress_redundant_updates_trigger',
    plant: without(
      'move_forward',
      'trails',
      `create trigger move_forward before update on payment_trail.trails for each row
       when (new.trail is distinct from old.trail or new.position <= old.position)
       execute function suppress_redundant_updates_trigger()`,
    ),
    undo: without(
      'move_forward',
      'trails',
      `create trigger move_forward before update on payment_trail.trails for each row
       when (new.trail is distinct from old.trail or new.position <= old.position)
       execute function payment_trail.refuse_change()`,
    ),
  },
  {
    code: 'TRIGGER_CHANGED',
    says: 'WHEN (false)',
    plant: without(
      'move_forward',
      'trails',
      `create trigger move_forward before update on payment_trail.trails for each row
       when (false) execute function payment_trail.refuse_change()`,
    ),
    undo: without(
      'move_forward',
      'trails',
      `create trigger move_forward before update on payment_trail.trails for each row
       when (new.trail is distinct from old.trail or new.position <= old.position)
       execute function payment_trail.refuse_change()`,
    ),
  },
  {
    code: 'TRIGGER_UNKNOWN',
    says: '"swallow"',
    plant: `create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger swallow before insert on payment_trail.events for each row execute function swallow()`,
    undo: 'drop function swallow cascade',
  },
  {
    code: 'TABLE_CHANGED',
    says: 'unlogged',
    plant: 'alter table payment_trail.events set unlogged',
    undo: 'alter table payment_trail.events set logged',
  },
  {
    code: 'TABLE_CHANGED',
    says: 'row-level security',
    plant: 'alter table payment_trail.events enable row level security',
    undo: 'alter table payment_trail.events disable row level security',
  },
  {
    code: 'TABLE_CHANGED',
    says: 'the rule swallow',
    plant: 'create rule swallow as on insert to payment_trail.events do instead nothing',
    undo: 'drop rule swallow on payment_trail.events',
  },
  {
    code: 'TABLE_CHANGED',
    says: 'the child table public.forged',
    plant: 'create table public.forged () inherits (payment_trail.events)',
    undo: 'drop table public.forged',
  },
  {
    code: 'TABLE_CHANGED',
    says: 'belongs to STRANGER',
    plant: 'alter table payment_trail.trails owner to STRANGER',
    undo: 'alter table payment_trail.trails owner to OWNER',
  },
  {
    code: 'TABLE_CHANGED',
    says: 'constraint trails_hash_check of table trails is not there any more',
    plant: 'alter table payment_trail.trails drop constraint trails_hash_check',
    undo: 'alter table payment_trail.trails add constraint trails_hash_check check (octet_length(hash) = 32)',
  },
  {
    code: 'TABLE_CHANGED',
    says: 'constraint spy of table events is not ours',
    plant: 'alter table payment_trail.events add constraint spy check (length(type) > 0)',
    undo: 'alter table payment_trail.events drop constraint spy',
  },
  {
    code: 'TABLE_CHANGED',
    says: 'constraint trails_hash_check of table trails is not as it was',
    plant: `alter table payment_trail.trails drop constraint trails_hash_check, add constraint trails_hash_check check (true)`,
    undo: `alter table payment_trail.trails drop constraint trails_hash_check,
      add constraint trails_hash_check check (octet_length(hash) = 32)`,
  },
  {
    code: 'TABLE_CHANGED',
    says: 'column type of table events is not as it was: name not null default ',
    plant: `alter table payment_trail.events alter type set default 'x'`,
    undo: 'alter table payment_trail.events alter type drop default',
  },
  {
    code: 'TABLE_CHANGED',
    says: 'column more of table events is not ours',
    plant: 'alter table payment_trail.events add column more text',
    undo: 'alter table payment_trail.events drop column more',
  },
  {
    code: 'TABLE_CHANGED',
    says: 'index spy of table events is not ours',
    plant: 'create index spy on payment_trail.events (lower(type))',
    undo: 'drop index payment_trail.spy',
  },
  {
    code: 'TABLE_CHANGED',
    says: 'domain trail_name belongs to STRANGER',
    plant: 'alter domain payment_trail.trail_name owner to STRANGER',
    undo: 'alter domain payment_trail.trail_name owner to OWNER',
  },
  {
    code: 'TABLE_CHANGED',
    says: 'domain name is not as it was: text collate "C" CHECK',
    plant: 'alter domain payment_trail.name add constraint spy check (length(value) > 0)',
    undo: 'alter domain payment_trail.name drop constraint spy',
  },
  {
    code: 'FUNCTION_CHANGED',
    says: 'belongs to STRANGER',
    plant: 'alter function payment_trail.instant owner to STRANGER',
    undo: 'alter function payment_trail.instant owner to OWNER',
  },
  {
    code: 'FUNCTION_CHANGED',
    says: 'refuse_change() has another body',
    plant: rewrite('refuse_change', 'raise exception', 'raise notice'),
    undo: restoreFunctions,
  },
  {
    code: 'FUNCTION_CHANGED',
    says: 'has another body',
    plant: rewrite('append', 'clock_timestamp()', 'transaction_timestamp()'),
    undo: restoreFunctions,
  },
  {
    code: 'FUNCTION_CHANGED',
    says: 'instant(timestamp with time zone) has become SECURITY DEFINER',
    plant: 'alter function payment_trail.instant security definer',
    undo: restoreFunctions,
  },
  {
    code: 'FUNCTION_CHANGED',
    says: 'append(text,text) is another one of the same name',
    plant: `create function payment_trail.append(text, text) returns integer language sql as 'select 1';
      alter function payment_trail.append(text, text) owner to OWNER;
      revoke all on function payment_trail.append(text, text) from public;
      grant execute on function payment_trail.append(text, text) to APP`,
    undo: 'drop function payment_trail.append(text, text)',
  },
  {
    code: 'FUNCTION_NOT_SECURITY_DEFINER',
    says: 'append(',
    plant: 'alter function payment_trail.append security invoker',
    undo: restoreFunctions,
  },
  ...['reset search_path', 'set search_path = public, pg_catalog', 'set synchronous_commit = off'].map(
    (how): Plant => ({
      code: 'FUNCTION_SETTINGS_CHANGED',
      says: 'search_path=pg_catalog, pg_temp',
      plant: `alter function payment_trail.append ${how}`,
      undo: restoreFunctions,
    }),
  ),
  {
    code: 'OWNER_CAN_LOGIN',
    says: 'can log in',
    plant: 'alter role OWNER login',
    undo: 'alter role OWNER nologin',
  },
  {
    code: 'OWNER_IS_SUPERUSER',
    says: 'is a superuser',
    plant: 'alter role OWNER superuser',
    undo: 'alter role OWNER nosuperuser',
  },
  ...[
    'usage on schema payment_trail',
    'select on payment_trail.events',
    'select on payment_trail.trails',
    'select on payment_trail.migrations',
    'insert on payment_trail.documents',
    'update on payment_trail.generations',
    'delete on payment_trail.subscriptions',
    'insert on payment_trail.skipped_events',
    'select on payment_trail.customer_keys',
    'insert on payment_trail.customer_keys',
    'update on payment_trail.customer_keys',
    'select on payment_trail.leases',
    'insert on payment_trail.leases',
    'update on payment_trail.leases',
    'delete on payment_trail.leases',
    'update on payment_trail.cursors',
    'execute on function payment_trail.append',
    'execute on function payment_trail.instant',
  ].map(
    (right): Plant => ({
      code: 'RIGHT_MISSING',
      says: right,
      plant: `revoke ${right} from APP`,
      undo: restoreRights,
    }),
  ),
  ...['insert', 'update', 'delete', 'truncate', 'references', 'trigger'].flatMap((right) =>
    ['APP', 'STRANGER', 'public'].map(
      (grantee): Plant => ({
        code: 'RIGHT_EXCESSIVE',
        says: `${grantee} has ${right} on table payment_trail.events`,
        plant: `grant ${right} on payment_trail.events to ${grantee}`,
        undo: restoreRights,
      }),
    ),
  ),
  ...['truncate', 'references', 'trigger'].map(
    (right): Plant => ({
      code: 'RIGHT_EXCESSIVE',
      says: `APP has ${right} on table payment_trail.leases`,
      plant: `grant ${right} on payment_trail.leases to APP`,
      undo: restoreRights,
    }),
  ),
  {
    code: 'RIGHT_EXCESSIVE',
    says: 'public has insert on table payment_trail.leases',
    plant: 'grant insert on payment_trail.leases to public',
    undo: restoreRights,
  },
  {
    code: 'RIGHT_EXCESSIVE',
    says: 'STRANGER has update on table payment_trail.trails',
    plant: 'grant update (position) on payment_trail.trails to STRANGER',
    undo: restoreRights,
  },
  ...['update', 'delete'].map(
    (right): Plant => ({
      code: 'RIGHT_EXCESSIVE',
      says: `APP has ${right} on table payment_trail.skipped_events`,
      plant: `grant ${right} on payment_trail.skipped_events to APP`,
      undo: restoreRights,
    }),
  ),
  {
    code: 'RIGHT_EXCESSIVE',
    says: 'APP has delete on table payment_trail.customer_keys',
    plant: 'grant delete on payment_trail.customer_keys to APP',
    undo: restoreRights,
  },
  {
    code: 'RIGHT_EXCESSIVE',
    says: 'public has insert on table payment_trail.documents',
    plant: 'grant insert on payment_trail.documents to public',
    undo: restoreRights,
  },
  {
    code: 'RIGHT_EXCESSIVE',
    says: 'public has select on table payment_trail.events',
    plant: 'grant select on payment_trail.events to public',
    undo: restoreRights,
  },
  ...['append', 'refuse_change'].map(
    (name): Plant => ({
      code: 'RIGHT_EXCESSIVE',
      says: `public has execute on routine payment_trail.${name}`,
      plant: `grant execute on function payment_trail.${name} to public`,
      undo: restoreRights,
    }),
  ),
  ...['APP', 'STRANGER', 'public'].map(
    (grantee): Plant => ({
      code: 'CREATE_GRANTED',
      says: `${grantee} has create on schema payment_trail`,
      plant: `grant create on schema payment_trail to ${grantee}`,
      undo: restoreRights,
    }),
  ),
];

describe('doctor', () => {
  it('finds nothing as long as all is well', async () => {
    expect(await examine()).toEqual([]);
  });

  it.each(plants)('finds $code after: $plant', async ({ code, says, plant, undo }) => {
    await admin.query(named(plant));
    try {
      expect(await examine()).toEqual([
        { code, message: expect.stringContaining(named(says)), cure: expect.stringMatching(/.{10}/) },
      ]);
    } finally {
      await (typeof undo === 'string' ? admin.query(named(undo)) : undo());
    }
    expect(await examine()).toEqual([]);
  });

  it('has nothing against an index of the host’s that only lists columns', async () => {
    await admin.query('create index more on payment_trail.events (type, recorded_at)');
    expect(await examine()).toEqual([]);
    await admin.query('drop index payment_trail.more');
  });

  it('finds TABLE_MISSING, and its triggers missing too', async () => {
    await admin.query('alter table payment_trail.events rename to elsewhere');
    const findings = await examine();
    await admin.query('alter table payment_trail.elsewhere rename to events');
    expect(findings.map(({ code }) => code)).toEqual(['TABLE_MISSING', 'TRIGGER_MISSING']);
    expect(findings[0]?.message).toContain('no table events in schema "payment_trail"');
  });

  it('finds SCHEMA_MISSING, and then looks at nothing else there', async () => {
    const { healthy, findings } = await doctor({ pool: app.pool, schema: 'nowhere' });
    expect(healthy).toBe(false);
    expect(findings.filter(({ code }) => code !== 'DURABILITY_OFF')).toMatchObject([
      {
        code: 'SCHEMA_MISSING',
        message: expect.stringContaining('"nowhere"'),
        cure: expect.stringContaining('migrate('),
      },
    ]);
  });

  it('leaves nothing behind on the connection', async () => {
    const login = await roles.login(`in role ${names.app}`, { max: 1 });
    await login.pool.query('set search_path = public');
    await doctor({ pool: login.pool });
    const { rows } = await login.pool.query(
      `select current_setting('search_path') as path, now() = statement_timestamp() as idle`,
    );
    expect(rows).toEqual([{ path: 'public', idle: true }]);
  });

  it('throws STORE_UNAVAILABLE when the database cannot be reached, and INVALID_OPTIONS', async () => {
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
    await expect(doctor({ pool })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(doctor({ pool, schema: 'a"b' })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await pool.end();
  });
});

describe('doctor, of whoever is connected', () => {
  const whom = async (options: string, config?: pg.PoolConfig) => {
    const login = await roles.login(options, config);
    const findings = await examine(login.pool);
    // Those that come after it are not asked about this one.
    await admin.query(`alter role ${login.name} nologin`);
    return findings.map(({ code }) => code);
  };

  it('finds CONNECTED_AS_SUPERUSER', async () => {
    expect(await whom('superuser')).toEqual(['CONNECTED_AS_SUPERUSER']);
    expect(await whom('superuser', { options: `-c role=${names.app}` })).toEqual(['CONNECTED_AS_SUPERUSER']);
    const group = roles.name('group');
    await admin.query(`create role ${group} superuser`);
    expect(await whom(`in role ${names.app}, ${group}`)).toEqual(['CONNECTED_AS_SUPERUSER']);
    expect(await whom(`in role ${names.app}, pg_execute_server_program`)).toEqual(['CONNECTED_AS_SUPERUSER']);
  });

  it('finds MAY_BECOME_OWNER in a member, also one that does not inherit, and CONNECTED_AS_OWNER in one that did', async () => {
    expect(await whom(`in role ${names.app}, ${names.owner}`)).toEqual(['MAY_BECOME_OWNER']);
    const isOld = (await serverVersion()) < 160_000;
    expect(await whom(`${isOld ? 'createrole' : ''} in role ${names.app}`)).toEqual(isOld ? ['MAY_BECOME_OWNER'] : []);
    const admins = await roles.login(`in role ${names.app}`);
    await admin.query(`grant ${names.owner} to ${admins.name} with admin option`);
    if (!isOld) await admin.query(`grant ${names.owner} to ${admins.name} with set false, inherit false`);
    expect((await examine(admins.pool)).map(({ code }) => code)).toEqual(['MAY_BECOME_OWNER']);
    await admin.query(`alter role ${admins.name} nologin`);
    expect(await whom(`in role ${names.app}, ${names.owner}`, { options: `-c role=${names.owner}` })).toEqual([
      'MAY_BECOME_OWNER',
      'CONNECTED_AS_OWNER',
    ]);
  });

  it('finds CONNECTED_AS_DATABASE_OWNER, also in a member of who owns it', async () => {
    const { rows } = await admin.query<{ name: string }>('select current_database() as name');
    const owning = (role: string) => admin.query(`alter database ${rows[0]?.name} owner to ${role}`);
    const login = await roles.login(`in role ${names.app}`);
    try {
      await owning(login.name);
      expect(await examine(login.pool)).toMatchObject([
        { code: 'CONNECTED_AS_DATABASE_OWNER', message: expect.stringContaining(`"${rows[0]?.name}"`) },
      ]);
      expect(await whom(`in role ${names.app}, ${login.name}`)).toEqual(['CONNECTED_AS_DATABASE_OWNER']);
      expect(await examine()).toEqual([]);
    } finally {
      await owning('current_user');
    }
    expect(await examine(login.pool)).toEqual([]);
  });

  it('finds MAY_WRITE_ALL_TABLES', async () => {
    expect(await whom(`in role ${names.app}, pg_write_all_data`)).toEqual(['MAY_WRITE_ALL_TABLES']);
  });

  it('finds that the reader cannot write', async () => {
    const login = await roles.login(`in role ${names.reader}`);
    const findings = await examine(login.pool);
    for (const { code, message } of findings) {
      expect(code).toBe('RIGHT_MISSING');
      expect(message).toMatch(/lacks ((execute|insert|update|delete) on|select on payment_trail.customer_keys)/);
    }
    expect(findings.length).toBeGreaterThan(0);
  });

  it('finds all that a role without any right lacks, and throws nothing', async () => {
    expect(new Set(await whom(''))).toEqual(new Set(['RIGHT_MISSING']));
  });
});

describe('doctor, of who else can become the owner', () => {
  /** Of whom it says so, when this was granted to a new role, EVE, that has these options. */
  const told = async (options: string, ...grants: readonly string[]) => {
    const eve = roles.name(`eve${(eves += 1)}`);
    await admin.query(`create role ${eve} ${options}`);
    for (const grant of grants) await admin.query(named(grant).replaceAll('EVE', eve));
    const findings = await examine();
    await admin.query(`drop role ${eve}`);
    expect(await examine()).toEqual([]);
    return findings.map(({ code, message, cure }) => [code, message.includes(`"${eve}"`), cure.includes(names.owner)]);
  };
  const found = [['OWNER_HAS_MEMBER', true, true]];
  let eves = 0;

  it.each(['login', 'login noinherit', 'login createrole'])(
    'finds a role with %s that is its member',
    async (options) => {
      expect(await told(options, 'grant OWNER to EVE')).toEqual(found);
      expect(await told(options, 'grant OWNER to EVE with admin option')).toEqual(found);
    },
  );

  it('finds one that is a member of a member, and names both', async () => {
    const group = roles.name('group_of_owners');
    await admin.query(`create role ${group} in role ${names.owner}`);
    expect(await examine()).toEqual([]);
    expect(await told('login', `grant ${group} to EVE`)).toEqual(found);
    const outer = roles.name('outer_group');
    await admin.query(`create role ${outer} in role ${group}`);
    const eve = await roles.login(`in role ${outer}`);
    expect(await examine()).toMatchObject([
      { code: 'OWNER_HAS_MEMBER', message: expect.stringContaining(eve.name), cure: expect.stringContaining(group) },
    ]);
    await admin.query(`drop role ${outer}; drop role ${group}`);
  });

  it('has nothing against one that cannot log in, a superuser, or a member of the app or the reader', async () => {
    expect(await told('nologin', 'grant OWNER to EVE')).toEqual([]);
    expect(await told('login superuser', 'grant OWNER to EVE')).toEqual([]);
    expect(await told('login', 'grant APP to EVE', `grant ${names.reader} to EVE`)).toEqual([]);
  });

  it('asks, since Postgres 16, what the membership is for', async ({ skip }) => {
    if ((await serverVersion()) < 160_000) skip('before Postgres 16 there is one kind of membership');
    const grant = (inherit: boolean, set: boolean, option: boolean) =>
      `grant OWNER to EVE with inherit ${inherit}, set ${set}, admin ${option}`;
    expect(await told('login', grant(false, false, false))).toEqual([]);
    expect(await told('login', grant(true, false, false))).toEqual(found);
    expect(await told('login', grant(false, true, false))).toEqual(found);
    expect(await told('login', grant(false, false, true))).toEqual(found);
    // As whoever created the owner has it, which nobody but a superuser can take away.
    expect(await told('login createrole', grant(false, false, true))).toEqual([]);
    expect(await told('login createrole', grant(false, true, true))).toEqual(found);
  });
});

describe('doctor, of a trail that was migrated without roles', () => {
  it('says that whoever migrated can change every event', async () => {
    const other = await createTestDatabase({ migrated: false });
    const otherRoles = testRoles(other);
    const login = await otherRoles.login();
    await other.pool().query(`create schema payment_trail authorization ${login.name}`);
    await migrate({ pool: login.pool });
    const findings = await examine(login.pool);
    expect(findings).toMatchObject([
      { code: 'CONNECTED_AS_OWNER', cure: expect.stringContaining('roles') },
      { code: 'OWNER_CAN_LOGIN' },
    ]);
    await otherRoles.drop();
  });
});

describe('doctor, of the server', () => {
  it('says that a durable server is healthy, and finds each setting of DURABILITY_OFF', async () => {
    const server = await startLocalPostgres();
    const superuser = newPool({ connectionString: server.url, max: 1 });
    const login = newPool({ connectionString: server.url.replace('postgres@', 'backend@'), max: 1 });
    const set = async (setting: string, value: 'on' | 'off') => {
      await superuser.query(`alter system set ${setting} = ${value}`);
      await superuser.query('select pg_reload_conf()');
      for (let shown = ''; shown !== value; ) {
        const { rows } = await login.query<{ shown: string }>('select current_setting($1) as shown', [setting]);
        shown = rows[0]?.shown ?? '';
      }
    };
    try {
      await migrate({ pool: superuser, roles: { owner: 'trail_owner', app: 'trail_app', reader: 'trail_reader' } });
      await superuser.query('create role backend login in role trail_app');
      expect(await doctor({ pool: login })).toEqual({ healthy: true, findings: [] });
      for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
        await set(setting, 'off');
        expect(await doctor({ pool: login })).toMatchObject({
          healthy: false,
          findings: [{ code: 'DURABILITY_OFF', message: expect.stringContaining(`${setting} is off`) }],
        });
        await set(setting, 'on');
      }
    } finally {
      await Promise.all([superuser.end(), login.end()]);
      await server.stop();
    }
  });
});
