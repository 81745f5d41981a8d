import { writeFile } from 'node:fs/promises';
import { startLocalPostgres } from '../../src/adapters/localPostgres/index.ts';
import { migrate } from '../../src/adapters/postgres/index.ts';
import { describeSchema } from './postgres/describeSchema.ts';
import { newPool } from './postgres/newPool.ts';

const server = await startLocalPostgres({ durable: false });
const pool = newPool({ connectionString: server.url });
try {
  await migrate({ pool });
  await writeFile(new URL('../../migrations/schema.sql', import.meta.url), await describeSchema(pool, 'payment_trail'));
} finally {
  await pool.end();
  await server.stop();
}
