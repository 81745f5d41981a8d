import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AesKeyWrapper } from '../../../src/adapters/privacy/aesKeyWrapper.ts';
import { PostgresKeyProvider } from '../../../src/adapters/postgres/postgresKeyProvider.ts';
import type { KeyWrapper } from '../../../src/application/ports/keyWrapper.ts';
import { keyProviderContract } from '../../../src/testing/keyProviderContract.ts';
import { ana, ben } from '../../application/privacy/support.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const old = randomBytes(32);
const young = randomBytes(32);
const before = new AesKeyWrapper({ masterKeys: { old }, current: 'old' });
const after = new AesKeyWrapper({ masterKeys: { old, young }, current: 'young' });

function makeKeys(wrapper: KeyWrapper = before, trail: string = randomUUID()) {
  const pool = database.pool({ max: 4 });
  return { pool, trail, keys: new PostgresKeyProvider({ pool, wrapper, trail }) };
}

describe('PostgresKeyProvider keeps the promises of a key provider', () => {
  const two = async () => {
    const { keys, trail } = makeKeys();
    return [keys, makeKeys(before, trail).keys] as const;
  };
  for (const { name, run } of keyProviderContract(two)) it(name, run);
});

describe('the keys in Postgres', () => {
  it('are of one trail', async () => {
    const { keys } = makeKeys();
    const other = makeKeys().keys;
    expect(await other.obtain(ana)).not.toEqual(await keys.obtain(ana));
    await other.destroy(ana);
    expect(await keys.obtain(ana)).not.toBeNull();
  });

  it('are not in the table in the clear', async () => {
    const { keys, pool, trail } = makeKeys();
    const key = Buffer.from((await keys.obtain(ana))?.key ?? []);
    const { rows } = await pool.query<{ row: string }>(
      'select k::text as row from payment_trail.customer_keys k where k.trail = $1',
      [trail],
    );
    expect(rows).toHaveLength(1);
    for (const spelled of ['hex', 'base64', 'base64url'] as const) {
      expect(rows[0]?.row).not.toContain(key.toString(spelled));
    }
  });

  it('open in no other customer’s row', async () => {
    const { keys, pool, trail } = makeKeys();
    await keys.obtain(ana);
    await keys.obtain(ben);
    await pool.query(
      `update payment_trail.customer_keys k set wrapped_key = o.wrapped_key from payment_trail.customer_keys o
       where k.trail = $1 and o.trail = $1 and k.customer = $2 and o.customer = $3`,
      [trail, ben, ana],
    );
    await expect(keys.obtain(ben)).rejects.toMatchObject({ code: 'KEY_UNREADABLE', details: { masterKeyId: 'old' } });
  });

  it('that are destroyed come back by no statement, and leave no row to be made anew', async () => {
    const { keys, pool, trail } = makeKeys();
    await keys.obtain(ana);
    await keys.destroy(ana);
    const { rows } = await pool.query(
      'select key_id, master_key_id, wrapped_key from payment_trail.customer_keys where trail = $1',
      [trail],
    );
    expect(rows).toEqual([{ key_id: null, master_key_id: null, wrapped_key: null }]);
    const revive = `update payment_trail.customer_keys
      set destroyed_at = null, key_id = 'k', master_key_id = 'old', wrapped_key = 'x'
      where trail = $1`;
    await expect(pool.query(revive, [trail])).rejects.toMatchObject({ code: '42501' });
    const remove = 'delete from payment_trail.customer_keys where trail = $1';
    await expect(pool.query(remove, [trail])).rejects.toMatchObject({ code: '42501' });
  });

  it('are wrapped anew when the master key changes, and then the old one is not needed', async () => {
    const { keys, trail } = makeKeys();
    const key = await keys.obtain(ana);
    await keys.obtain(ben);
    await keys.destroy(ben);
    const rotated = makeKeys(after, trail).keys;
    expect(await rotated.obtain(ana)).toEqual(key);
    expect(await rotated.rewrap()).toEqual({ rewrapped: 1, unreadable: [] });
    expect(await rotated.rewrap()).toEqual({ rewrapped: 0, unreadable: [] });
    const later = makeKeys(new AesKeyWrapper({ masterKeys: { young }, current: 'young' }), trail).keys;
    expect(await later.obtain(ana)).toEqual(key);
    await expect(keys.obtain(ana)).rejects.toMatchObject({ code: 'KEY_UNREADABLE', details: { masterKeyId: 'young' } });
  });

  it('do not come back where one is destroyed while it is wrapped anew', async () => {
    const { keys, trail } = makeKeys();
    await keys.obtain(ana);
    const slow = {
      masterKeyId: after.masterKeyId,
      makeKey: () => after.makeKey(),
      unwrap: after.unwrap.bind(after),
      wrap: async (key: Uint8Array, context: string) => {
        await keys.destroy(ana);
        return after.wrap(key, context);
      },
    };
    await makeKeys(slow, trail).keys.rewrap();
    expect(await keys.obtain(ana)).toBeNull();
  });
});
