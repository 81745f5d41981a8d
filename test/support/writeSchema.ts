import { writeFile } from 'node:fs/promises';
import pg from 'pg';
import { startLocalPostgres } from '../../src/adapters/localPostgres/index.ts';
import { migrate } from '../../src/adapters/postgres/index.ts';
import { describeSchema } from './postgres/describeSchema.ts';

const server = await startLocalPostgres({ durable: false });
const pool = new pg.Pool({ connectionString: server.url });
try {
  await migrate({ pool });
  await writeFile(new URL('../../migrations/schema.sql', import.meta.url), await describeSchema(pool, 'payment_trail'));
} finally {
  await pool.end();
  await server.stop();
}
