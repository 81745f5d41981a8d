import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { databaseUrl, runStatement } from './postgres/statements.ts';
import { startTestServer } from './postgres/testServer.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A user who may create databases, in a database that stays. */
    postgresAdminUrl: string;
    /** The name of a database with our schema `payment_trail` in it. */
    postgresTemplate: string;
  }
}

/** Provides one Postgres server with one migrated template database for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer(process.env);
  const template = `apm_template_${randomUUID().replaceAll('-', '')}`;
  try {
    const [row] = await runStatement(server.url, 'select version()');
    console.log(`Postgres for the tests: ${String(row?.['version'])}, ${server.origin}`);
    await runStatement(server.url, `create database ${template}`);
    await migrateTemplate(databaseUrl(server.url, template));
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('postgresAdminUrl', server.url);
  project.provide('postgresTemplate', template);
  return async () => {
    await runStatement(server.url, `drop database if exists ${template} with (force)`);
    await server.stop();
  };
}

async function migrateTemplate(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  try {
    await migrate({ pool, schema: 'payment_trail' });
  } finally {
    await pool.end();
  }
}
