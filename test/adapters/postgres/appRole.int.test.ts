import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { PostgresCursors } from '../../../src/adapters/postgres/postgresCursors.ts';
import { PostgresLeases } from '../../../src/adapters/postgres/postgresLeases.ts';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { RoleNames } from '../../../src/adapters/postgres/roleNames.ts';
import { verify } from '../../../src/adapters/audit/index.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { randomFrom } from '../../support/random.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import type { TestLogin, TestRoles } from '../../support/postgres/testRoles.ts';
import { testRoles } from '../../support/postgres/testRoles.ts';

let database: TestDatabase;
let admin: pg.Pool;
let roles: TestRoles;
let names: RoleNames;
let app: TestLogin;
beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  admin = database.pool();
  roles = testRoles(database);
  ({ names } = roles);
  await migrate({ pool: admin, roles: names });
  app = await roles.login(`in role ${names.app}`);
  await admin.query(`create schema hostile authorization ${app.name}`);
});
afterAll(() => roles.drop());

/** Everything about the schema that an attack could have changed, as one text. */
async function snapshot(): Promise<string> {
  const { rows } = await admin.query<{ all: string }>(
    `select concat_ws(e'\\n',
       (select string_agg(e::text, e'\\n' order by trail, position) from payment_trail.events e),
       (select string_agg(t::text, e'\\n' order by trail) from payment_trail.trails t),
       (select string_agg(t::text, e'\\n' order by trail) from payment_trail.turns t),
       (select string_agg(m::text, e'\\n' order by name) from payment_trail.migrations m),
       (select string_agg(concat_ws(' ', relname, relowner, relacl, relhastriggers, relhasrules, relkind), e'\\n' order by relname)
        from pg_class where relnamespace = 'payment_trail'::regnamespace),
       (select string_agg(concat_ws(' ', proname, proowner, proacl, prosrc, prosecdef, proconfig), e'\\n' order by oid)
        from pg_proc where pronamespace = 'payment_trail'::regnamespace),
       (select string_agg(concat_ws(' ', tgname, tgenabled, tgfoid), e'\\n' order by oid)
        from pg_trigger where tgrelid in ('payment_trail.events'::regclass, 'payment_trail.trails'::regclass)),
       (select concat_ws(' ', nspname, nspowner, nspacl) from pg_namespace where nspname = 'payment_trail')) as all`,
  );
  return rows[0]?.all ?? '';
}

const anEvent = () => ({ eventId: randomUUID(), type: 'SomethingHappened', data: '{"n":1}', metadata: '{}' });

describe('as the app’s role', () => {
  it('leases are taken and given up, and cursors saved: they hold no events', async () => {
    const leases = new PostgresLeases({ pool: app.pool });
    expect(await leases.acquire('a', 'one', 60_000)).toBe(true);
    expect(await leases.acquire('a', 'two', 60_000)).toBe(false);
    await leases.release('a', 'one');
    const cursors = new PostgresCursors({ pool: app.pool });
    await cursors.save('a', '1');
    await cursors.save('a', '2');
    expect(await cursors.load('a')).toBe('2');
  });

  it('the reader’s takes no lease and saves no cursor', async () => {
    const { pool } = await roles.login(`in role ${names.reader}`);
    await expect(new PostgresLeases({ pool }).acquire('a', 'one', 1)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
    await expect(new PostgresCursors({ pool }).save('a', '1')).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  });
});

describe('P7: as the app’s role', () => {
  let before: string;
  beforeEach(async () => {
    const store = new PostgresEventStore({ pool: app.pool });
    await store.append([{ stream: 'a-1', expectedVersion: 'any', events: [anEvent()] }]);
    before = await snapshot();
  });

  it.each([
    'update payment_trail.events set data = data',
    `update payment_trail.events set data = '{}' where false`,
    'delete from payment_trail.events',
    'truncate payment_trail.events',
    'insert into payment_trail.events select * from payment_trail.events',
    'insert into payment_trail.events select * from payment_trail.events on conflict do nothing',
    'merge into payment_trail.events e using (values (1)) v on true when matched then delete',
    'copy payment_trail.events from stdin',
    `copy payment_trail.events from program 'true'`,
    'select from payment_trail.events for update',
    'do $$ begin lock table payment_trail.events in access exclusive mode; end $$',
    'insert into payment_trail.trails select * from payment_trail.trails',
    'update payment_trail.turns set trail = trail',
    'delete from payment_trail.trails',
    'truncate payment_trail.trails',
    'select from payment_trail.trails for update',
    'select from payment_trail.turns for update',
    'select from payment_trail.turns for key share',
    'delete from payment_trail.migrations',
    `insert into payment_trail.migrations (name, checksum) values ('9999_later.sql', 'x')`,
  ])('is refused: %s', async (sql) => {
    await expect(app.pool.query(sql)).rejects.toMatchObject({ code: '42501' });
    expect(await snapshot()).toBe(before);
  });

  it.each([
    'drop table payment_trail.events',
    'drop schema payment_trail cascade',
    'drop owned by OWNER cascade',
    'reassign owned by OWNER to current_user',
    'drop function payment_trail.append',
    'drop trigger append_only on payment_trail.events',
    'alter table payment_trail.events disable trigger append_only',
    'alter table payment_trail.events disable trigger all',
    'alter table payment_trail.events enable replica trigger append_only',
    'alter table payment_trail.events rename to others',
    'alter table payment_trail.events set schema hostile',
    'alter table payment_trail.events owner to current_user',
    'alter table payment_trail.events add column more text',
    'alter table payment_trail.events alter data drop not null',
    'alter table payment_trail.events set unlogged',
    'alter schema payment_trail rename to others',
    'alter schema payment_trail owner to current_user',
    'alter function payment_trail.append security invoker',
    'alter function payment_trail.append reset all',
    'alter function payment_trail.append owner to current_user',
    'alter trigger append_only on payment_trail.events rename to others',
    'create index on payment_trail.events (type)',
    'create table payment_trail.more ()',
    'create temp table child () inherits (payment_trail.events)',
    'create table hostile.referrer (trail text references payment_trail.trails)',
    'create rule swallow as on insert to payment_trail.events do instead nothing',
    'create trigger more before insert on payment_trail.events for each row execute function suppress_redundant_updates_trigger()',
    'create function payment_trail.append(text, text) returns integer language sql as $$ select 1 $$',
    `create or replace function payment_trail.append_one(text, text, bigint, uuid, uuid, text, json, json, integer) returns json
      language sql as $$ select null::json $$`,
    'create or replace function payment_trail.refuse_change() returns trigger language plpgsql as $$ begin return new; end $$',
    'create operator payment_trail.|| (leftarg = bytea, rightarg = bytea, function = byteacat)',
    `select payment_trail.judge('default', 0, '{}', '{}', '{}', '{}', '{}', '{}')`,
    `select payment_trail.import_events('default', '[]', 10000)`,
    'set session_replication_role = replica',
    'set role OWNER',
    'set session authorization OWNER',
    'grant OWNER to current_user',
    'alter role OWNER login',
    'alter default privileges for role OWNER grant all on tables to current_user',
    'alter role current_user set session_replication_role = replica',
    'alter system set session_replication_role = replica',
    'alter database DATABASE set session_replication_role = replica',
    'update pg_catalog.pg_trigger set tgenabled = tgenabled',
    `update pg_catalog.pg_proc set prosrc = ''`,
  ])('is refused: %s', async (sql) => {
    const { rows } = await admin.query<{ name: string }>('select current_database() as name');
    const statement = sql.replace('OWNER', names.owner).replace('DATABASE', rows[0]?.name ?? '');
    await expect(app.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
    expect(await snapshot()).toBe(before);
  });

  it.each([
    'grant insert on payment_trail.events to current_user',
    'grant all on payment_trail.events to public',
    'vacuum payment_trail.events',
    'analyze payment_trail.events',
  ])('changes nothing: %s', async (sql) => {
    await app.pool.query(sql);
    expect(await snapshot()).toBe(before);
  });
});

describe('P7: as the owner', () => {
  it.each([
    'update payment_trail.events set data = data',
    'delete from payment_trail.events',
    'truncate payment_trail.events',
    'delete from payment_trail.trails',
    'truncate payment_trail.trails',
    'update payment_trail.turns set trail = trail',
    `update payment_trail.trails set trail = 'other', position = position + 1`,
  ])('the triggers refuse: %s', async (sql) => {
    await new PostgresEventStore({ pool: app.pool, trail: 'owned' }).append([
      { stream: 'a-1', expectedVersion: 'any', events: [anEvent()] },
    ]);
    const owner = await admin.connect();
    await owner.query(`set role ${names.owner}`);
    await expect(owner.query(sql)).rejects.toMatchObject({
      code: '42501',
      message: expect.stringContaining('append-only'),
    });
    owner.release(true);
  });
});

it('a member of the owner that acts as it may import', async () => {
  const member = await roles.login(`in role ${names.owner}`, { options: `-c role=${names.owner}` });
  const { rows } = await member.pool.query(
    `select count(*)::int as n from payment_trail.import_events('imported', '[]', 10000)`,
  );
  expect(rows).toEqual([{ n: 1 }]);
});

describe('P7: an append by the app’s role', () => {
  it('breaks no version, position or hash, whatever it is called with', async () => {
    const random = randomFrom(7);
    const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
    const values = (length: number, from: readonly string[]) => {
      const elements = Array.from({ length: random() < 0.05 ? length + pick([-1, 1]) : length }, () => pick(from));
      const from0 = random() < 0.05 && elements.length > 0 ? `[0:${elements.length - 1}]=` : '';
      return `'${from0}{${elements.join(',')}}'`;
    };
    let appended = 0;
    for (let call = 0; call < 300; call += 1) {
      const length = pick([1, 2, 3]);
      const texts = `'${Array.from({ length }, () => '{}').join('\u001f')}'`;
      const ids = `array(select gen_random_uuid() from generate_series(1, ${length}))`;
      const numbers = [
        values(length, pick([['0'], ['0', '1']])),
        values(length, pick([['a'], ['a', 'b'], ['a', 'b', 'c', 'null']])),
        values(length, pick([['-1'], ['-1', '-2'], ['0', '1', '2', '7', 'null']])),
        values(length, pick([['null'], ['null', '6f1c3b1e-8f0a-4f0e-9d55-6d1a40d3f2aa']])),
        values(length, pick([['1'], ['1', '2'], ['0', '1', '2', '3', '-1', 'null']])),
      ];
      const types = values(length, ['T', 'U']);
      const asked = `select payment_trail.append('asked-${call % 30}', ${numbers.join()}, ${ids}, ${types}, ${texts}, ${texts}, 10000)`;
      await app.pool.query(asked).then(
        () => (appended += 1),
        () => {},
      );
    }
    expect(appended).toBeGreaterThan(40);
    for (let trail = 0; trail < 30; trail += 1) {
      const store = new PostgresEventStore({ pool: admin, trail: `asked-${trail}` });
      expect(await verify(store)).toMatchObject({ intact: true });
    }
  });

  it('takes two items of one stream, which the module never sends, each for itself', async () => {
    const store = new PostgresEventStore({ pool: app.pool, trail: 'twice' });
    await store.append([{ stream: 'a', expectedVersion: 0, events: [anEvent(), anEvent()] }]);
    const ids = 'array(select gen_random_uuid() from generate_series(1, 3))';
    const texts = `e'{}\\x1f{}\\x1f{}'`;
    await app.pool.query(
      `select payment_trail.append('twice', '{0,1,2}', '{a,a,b}', '{7,-1,-1}', '{NULL,NULL,NULL}', '{1,1,1}', ${ids}, '{T,T,T}', ${texts}, ${texts}, 10000)`,
    );
    expect(await verify(store)).toMatchObject({ intact: true, events: 4 });
    expect(await store.readStream('b')).toMatchObject([{ version: 1, position: 4 }]);
  });

  it('runs nothing of what the role puts in the way: its operators, functions, types and temporary tables', async () => {
    const hostile = await roles.login(`in role ${names.app}, ${app.name}`, {
      max: 1,
      options: '-c search_path=hostile,pg_temp,pg_catalog,payment_trail',
    });
    await hostile.pool.query(`set role ${app.name}`);
    await hostile.pool.query(shadows);
    const store = new PostgresEventStore({ pool: hostile.pool, trail: 'shadowed' });
    const twice = [anEvent(), anEvent()];
    const appends = [{ stream: 'a-1', expectedVersion: 0, events: twice }] as const;
    expect(await store.append(appends)).toMatchObject({ result: 'appended', streams: [{ version: 2, position: 2 }] });
    expect(await store.append(appends)).toMatchObject({ result: 'appended', streams: [{ version: 2, position: 2 }] });
    const wrong = [{ ...appends[0], events: [anEvent()] }];
    expect(await store.append(wrong)).toMatchObject({ result: 'conflict', conflicts: [{ currentVersion: 2 }] });
    const one = [{ stream: 'b-1', expectedVersion: 0, events: [anEvent()] }];
    expect(await store.append(one)).toMatchObject({ result: 'appended', streams: [{ version: 1, position: 3 }] });
    const clean = new PostgresEventStore({ pool: admin, trail: 'shadowed' });
    expect(await verify(clean)).toMatchObject({ intact: true, events: 3 });
    expect(await clean.readStream('a-1')).toMatchObject(twice);
  });

  it('counts as the owner’s for its length only', async () => {
    const connection = await app.pool.connect();
    await connection.query('begin');
    await connection.query(
      `select payment_trail.append_one('lengths', 'a-1', 0, null, gen_random_uuid(), 'T', '{}', '{}', 10000)`,
    );
    const { rows } = await connection.query('select current_user::text as name');
    expect(rows).toEqual([{ name: app.name }]);
    await expect(connection.query('delete from payment_trail.events')).rejects.toMatchObject({ code: '42501' });
    await connection.query('rollback');
    connection.release();
  });
});

/** Each would end the append with an error that says as whom it ran. */
const shadows = `
  create function hostile.ran(what text) returns boolean language plpgsql as $$
    begin raise exception '% ran as %', what, current_user; end $$;
  create function hostile.same_text(text, text) returns boolean language sql as $$ select hostile.ran('=') $$;
  create function hostile.same_number(bigint, bigint) returns boolean language sql as $$ select hostile.ran('=') $$;
  create function hostile.same_id(uuid, uuid) returns boolean language sql as $$ select hostile.ran('=') $$;
  create function hostile.joined(bytea, bytea) returns bytea language sql as $$ select case when hostile.ran('||') then $1 end $$;
  create function hostile.sum(bigint, integer) returns bigint language sql as $$ select case when hostile.ran('+') then $1 end $$;
  create function hostile.sum(bigint, bigint) returns bigint language sql as $$ select case when hostile.ran('+') then $1 end $$;
  create operator hostile.= (leftarg = text, rightarg = text, function = hostile.same_text);
  create operator hostile.= (leftarg = bigint, rightarg = bigint, function = hostile.same_number);
  create operator hostile.= (leftarg = uuid, rightarg = uuid, function = hostile.same_id);
  create operator hostile.|| (leftarg = bytea, rightarg = bytea, function = hostile.joined);
  create operator hostile.+ (leftarg = bigint, rightarg = integer, function = hostile.sum);
  create operator hostile.+ (leftarg = bigint, rightarg = bigint, function = hostile.sum);
  create function hostile.clock_timestamp() returns timestamptz language sql as $$ select case when hostile.ran('clock') then now() end $$;
  create function hostile.sha256(bytea) returns bytea language sql as $$ select case when hostile.ran('sha256') then $1 end $$;
  create function hostile.encode(bytea, text) returns text language sql as $$ select case when hostile.ran('encode') then $2 end $$;
  create function hostile.decode(text, text) returns bytea language sql as $$ select case when hostile.ran('decode') then ''::bytea end $$;
  create function hostile.current_setting(text) returns text language sql as $$ select case when hostile.ran('setting') then $1 end $$;
  create function hostile.concat_ws(text, variadic text[]) returns text language sql as $$ select case when hostile.ran('concat') then $1 end $$;
  create function hostile.string_to_array(text, text) returns text[] language sql as $$ select case when hostile.ran('split') then array[$1] end $$;
  create function hostile.cardinality(anyarray) returns integer language sql as $$ select case when hostile.ran('cardinality') then 1 end $$;
  create function hostile.to_json(bigint) returns json language sql as $$ select case when hostile.ran('to_json') then null::json end $$;
  create function hostile.convert_to(text, name) returns bytea language sql as $$ select case when hostile.ran('convert') then ''::bytea end $$;
  create function hostile.differ(bigint[], bigint[]) returns boolean language sql as $$ select hostile.ran('<>') $$;
  create operator hostile.<> (leftarg = bigint[], rightarg = bigint[], function = hostile.differ);
  create domain hostile.json as varchar(1);
  create domain hostile.uuid as varchar(1);
  create temp table events (like payment_trail.events);
  create temp table trails (like payment_trail.trails);
  create domain pg_temp.bytea as varchar(1)`;
