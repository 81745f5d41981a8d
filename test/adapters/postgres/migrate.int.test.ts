import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { PostgresEventStore } from '../../../src/adapters/postgres/postgresEventStore.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import { testRoles } from '../../support/postgres/testRoles.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase({ migrated: false });
});
afterEach(() => database.drop());

describe('migrate', () => {
  it('makes the schema, says what it ran, and has nothing to do the second time', async () => {
    const pool = database.pool();
    const { applied } = await migrate({ pool });
    const files = await readdir(new URL('../../../migrations/', import.meta.url));
    expect(applied).toEqual(files.filter((file) => /^\d{4}_/.test(file)).sort());
    expect(await migrate({ pool })).toEqual({ applied: [] });
  });

  it('is run once when twenty pools race', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => migrate({ pool: database.pool({ max: 1 }) })));
    expect(results.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
  });

  it.each(['repeatable read', 'serializable'])('is run once, too, where the role prefers %s', async (isolation) => {
    const options = `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`;
    const results = await Promise.all(
      Array.from({ length: 20 }, () => migrate({ pool: database.pool({ max: 1, options }) })),
    );
    expect(results.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
  });

  it('makes a schema of the host’s choice, beside another', async () => {
    const pool = database.pool();
    await migrate({ pool });
    await migrate({ pool, schema: 'Audit_2' });
    const store = new PostgresEventStore({ pool, schema: 'Audit_2' });
    const { rows } = await pool.query('select count(*)::int as n from "Audit_2".events');
    expect(rows).toEqual([{ n: 0 }]);
    expect(await store.readStream('paymentMethod-pm_1')).toEqual([]);
  });

  it.each(['', 'a"b', 'a b', '1a', 'x'.repeat(64)])('refuses the schema name %j before it connects', async (schema) => {
    const pool = database.pool();
    await expect(migrate({ pool, schema })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(pool.totalCount).toBe(0);
  });

  it('refuses when a file differs from what was run', async () => {
    const pool = database.pool();
    await migrate({ pool });
    await pool.query(`update payment_trail.migrations set checksum = 'other' where name like '0002%'`);
    await expect(migrate({ pool })).rejects.toMatchObject({
      code: 'MIGRATION_CHANGED',
      message: expect.stringContaining('0002_append_only.sql'),
    });
  });

  it('refuses when the database is ahead', async () => {
    const pool = database.pool();
    await migrate({ pool });
    await pool.query(`insert into payment_trail.migrations (name, checksum) values ('9999_later.sql', 'x')`);
    await expect(migrate({ pool })).rejects.toMatchObject({
      code: 'MIGRATION_AHEAD',
      message: expect.stringContaining('Upgrade the package'),
    });
  });

  it('leaves no function for everybody to call, though Postgres lets everybody call a new one', async () => {
    const pool = database.pool();
    await migrate({ pool });
    const { rows } = await pool.query(
      `select proname from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
       where pronamespace = 'payment_trail'::regnamespace and grantee = 0`,
    );
    expect(rows).toEqual([]);
  });

  it('looks no name up in the host’s schemas, and leaves the connection’s search_path as it was', async () => {
    const pool = database.pool({ max: 1 });
    await pool.query('create schema hostile; create domain hostile.text as varchar(3)');
    await pool.query('set search_path = hostile, pg_catalog');
    await migrate({ pool });
    const { rows } = await pool.query(
      `select current_setting('search_path') as path, atttypid::regtype::varchar as type from pg_attribute
       where attrelid = 'payment_trail.events'::regclass and attname = 'trail'`,
    );
    expect(rows).toEqual([{ path: 'hostile, pg_catalog', type: 'pg_catalog.text' }]);
  });

  it('by another superuser leaves what it adds to the owner that the schema has', async () => {
    const roles = testRoles(database);
    const first = await roles.login('superuser');
    await first.pool.query(`create schema payment_trail; create table payment_trail.migrations
      (name text primary key, checksum text not null, applied_at timestamptz not null default clock_timestamp())`);
    await migrate({ pool: database.pool() });
    const { rows } = await first.pool.query(
      `select distinct proowner::regrole::text as owner from pg_proc where pronamespace = 'payment_trail'::regnamespace`,
    );
    expect(rows).toEqual([{ owner: first.name }]);
    await roles.drop();
  });

  it('says so when the database cannot be reached', async () => {
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
    await expect(migrate({ pool })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await pool.end();
  });

  it('leaves nothing behind when a migration fails', async () => {
    const pool = database.pool();
    await pool.query('create schema payment_trail; create table payment_trail.events (a int)');
    await expect(migrate({ pool })).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      message: expect.stringContaining('SQLSTATE 42P07'),
      cause: { message: expect.stringContaining('events') },
    });
    const { rows } = await pool.query(
      `select table_name from information_schema.tables where table_schema = 'payment_trail'`,
    );
    expect(rows).toEqual([{ table_name: 'events' }]);
  });
});
