import { describe, expect, it } from 'vitest';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import type { RoleNames } from '../../../src/adapters/postgres/roleNames.ts';

const pool = { connect: () => Promise.reject(new Error('not to be reached')) };
const names = { owner: 'trail_owner', app: 'trail_app', reader: 'trail_reader' };

describe('role names', () => {
  it.each([
    [{ owner: 'a b' }, 'roles.owner'],
    [{ app: '' }, 'roles.app'],
    [{ reader: 'a"b' }, 'roles.reader'],
    [{ reader: 'x'.repeat(64) }, 'roles.reader'],
    [{ app: 'pg_monitor' }, 'roles.app'],
    [{ app: 'public' }, 'roles.app'],
    [{ app: undefined }, 'roles.app'],
    [{ app: 'trail_reader' }, 'roles must be three'],
  ])('%j is refused before it connects', async (wrong, message) => {
    await expect(migrate({ pool, roles: { ...names, ...wrong } as RoleNames })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining(message),
    });
  });

  it('do not go with the schema public, whose other users would lose their rights', async () => {
    await expect(migrate({ pool, schema: 'public', roles: names })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining('a schema of its own'),
    });
  });
});
