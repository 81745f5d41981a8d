import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { inject } from 'vitest';
import type { RoleNames } from '../../../src/adapters/postgres/index.ts';
import { newPool } from './newPool.ts';
import { runStatement } from './statements.ts';
import type { TestDatabase } from './testDatabase.ts';

export type TestRoles = {
  /** Names that no other test uses; the roles are not made yet. */
  readonly names: RoleNames;
  /** A name that no other test uses, for a role that `drop` removes too. */
  name(use: string): string;
  /** Makes a login role with these options. */
  login(options?: string, config?: pg.PoolConfig): Promise<TestLogin>;
  /** Ends the pools; drops the database and then, in the whole cluster, the roles. */
  drop(): Promise<void>;
};

export type TestLogin = {
  readonly name: string;
  /** Connects as it to the test's database. */
  readonly pool: pg.Pool;
  /** A pool of one connection as it to another database, whose `drop` does not end it: `drop` of the roles does. */
  connect(other: TestDatabase): pg.Pool;
};

/** Roles for a test, which belong to the cluster and so outlive their database unless they are dropped. */
export function testRoles(database: TestDatabase): TestRoles {
  const suffix = randomUUID().replaceAll('-', '').slice(0, 12);
  const used: string[] = [];
  const pools: pg.Pool[] = [];
  const name = (use: string) => {
    const made = `apm_${use}_${suffix}`;
    if (!used.includes(made)) used.push(made);
    return made;
  };
  const admin = (statement: string) => runStatement(inject('postgresAdminUrl'), statement);
  return {
    names: { owner: name('owner'), app: name('app'), reader: name('reader') },
    name,
    async login(options = '', config = {}) {
      const login = name(`login${used.length}`);
      await admin(`create role ${login} login password 'test' ${options}`);
      const connect = (to: TestDatabase, options: pg.PoolConfig) => {
        const url = new URL(to.url);
        url.username = login;
        url.password = 'test';
        const pool = newPool({ ...options, connectionString: url.href });
        pools.push(pool);
        return pool;
      };
      return { name: login, pool: connect(database, config), connect: (other) => connect(other, { max: 1 }) };
    },
    async drop() {
      await Promise.all(pools.map((pool) => pool.end()));
      await database.drop();
      for (const role of used) await admin(`drop role if exists "${role}"`);
    },
  };
}
