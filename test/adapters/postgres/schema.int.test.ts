import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import { describeSchema } from '../../support/postgres/describeSchema.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
});
afterAll(() => database.drop());

it('migrations/schema.sql is what the migrations make (if not: npm run schema, and review the difference)', async () => {
  const pool = database.pool();
  await migrate({ pool });
  const written = await readFile(new URL('../../../migrations/schema.sql', import.meta.url), 'utf8');
  expect(await describeSchema(pool, 'payment_trail')).toBe(written);
});
