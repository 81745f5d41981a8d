import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { inject } from 'vitest';
import { newPool } from './newPool.ts';
import { databaseUrl, runStatement } from './statements.ts';

export type TestDatabase = {
  readonly url: string;
  /** A new pool on this database; `drop` ends it unless the test did. */
  pool(config?: pg.PoolConfig): pg.Pool;
  /** Ends the pools made here and removes the database, whoever is still connected. */
  drop(): Promise<void>;
};

/**
 * A database of its own for a test file: a copy of the migrated template (our schema is `payment_trail`), or an empty
 * one. Call it in `beforeAll`, and `drop` in `afterAll`.
 */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const admin = inject('postgresAdminUrl');
  const name = `apm_test_${randomUUID().replaceAll('-', '')}`;
  const source = migrated ? inject('postgresTemplate') : 'template0';
  await runStatement(admin, `create database ${name} template ${source} ${await copyStrategy(admin)}`);
  const url = databaseUrl(admin, name);
  const pools: pg.Pool[] = [];
  return {
    url,
    pool(config) {
      const pool = newPool({ connectionString: url, ...config });
      pools.push(pool);
      return pool;
    },
    async drop() {
      await Promise.all(pools.filter((pool) => !pool.ending).map((pool) => pool.end()));
      await runStatement(admin, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Copying files is twice as fast as the default, which Postgres 15 brought together with the choice. */
async function copyStrategy(admin: string): Promise<string> {
  const [row] = await runStatement(admin, 'show server_version_num');
  return Number(row?.['server_version_num']) >= 150_000 ? 'strategy file_copy' : '';
}
