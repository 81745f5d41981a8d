import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AesKeyWrapper } from '../../../src/adapters/privacy/aesKeyWrapper.ts';
import { PostgresKeyProvider } from '../../../src/adapters/postgres/postgresKeyProvider.ts';
import type { KeyWrapper } from '../../../src/application/ports/keyWrapper.ts';
import { keyProviderContract } from '../../../src/testing/keyProviderContract.ts';
import type { CustomerId } from '../../../src/domain/identifiers.ts';
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

function makeKeys(wrapper: KeyWrapper = before, trail: string = randomUUID(), deadlineMs?: number) {
  const pool = database.pool({ max: 4 });
  return { pool, trail, keys: new PostgresKeyProvider({ pool, wrapper, trail, deadlineMs }) };
}

/** The wrapper with some of its calls replaced. */
function wrapperWith(parts: Partial<KeyWrapper>, wrapper: KeyWrapper = before): KeyWrapper {
  return {
    masterKeyId: wrapper.masterKeyId,
    makeKey: () => wrapper.makeKey(),
    wrap: (key, context) => wrapper.wrap(key, context),
    unwrap: (wrapped, context) => wrapper.unwrap(wrapped, context),
    ...parts,
  };
}

const never = () => new Promise<never>(() => {});
const some = (count: number) => Array.from({ length: count }, (_, index) => `cus_${index}` as CustomerId);

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
    expect(await keys.read([ana, ben])).toMatchObject(
      new Map([
        [ana, { status: 'readable' }],
        [ben, { status: 'unreadable', error: { code: 'KEY_UNREADABLE' } }],
      ]),
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
    const other = `update payment_trail.customer_keys set key_id = 'another' where trail = $1`;
    await makeKeys(before, trail).keys.obtain(ben);
    await expect(pool.query(other, [trail])).rejects.toMatchObject({ code: '42501' });
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
    const wrap: KeyWrapper['wrap'] = async (key, context) => {
      await keys.destroy(ana);
      return after.wrap(key, context);
    };
    const slow = wrapperWith({ wrap }, after);
    expect(await makeKeys(slow, trail).keys.rewrap()).toEqual({ rewrapped: 0, unreadable: [] });
    expect(await keys.obtain(ana)).toBeNull();
  });
});

describe('the keys in Postgres, while the master key changes', () => {
  it('are all walked over once, also behind many that do not open, which are named and left as they are', async () => {
    const { keys, pool, trail } = makeKeys();
    const last = 'cus_last' as CustomerId;
    const key = await keys.obtain(last);
    await pool.query(
      `insert into payment_trail.customer_keys (trail, customer, key_id, master_key_id, wrapped_key, made_at)
       select $1, 'cus_' || lpad(n::text, 4, '0'), 'k', 'old', 'damaged', now() from generate_series(1, 1100) n`,
      [trail],
    );
    const { rewrapped, unreadable } = await makeKeys(after, trail).keys.rewrap();
    expect([rewrapped, unreadable.length, unreadable[0], unreadable.at(-1)]).toEqual([1, 1100, 'cus_0001', 'cus_1100']);
    const young = makeKeys(wrapperWith({}, after), trail).keys;
    expect(await young.obtain(last)).toEqual(key);
    const { rows } = await pool.query(
      `select wrapped_key from payment_trail.customer_keys where trail = $1 and customer = 'cus_0001'`,
      [trail],
    );
    expect(rows).toEqual([{ wrapped_key: 'damaged' }]);
  });

  it('are left as they are where the new wrapper does not open what it wraps', async () => {
    const { keys, trail } = makeKeys();
    const key = await keys.obtain(ana);
    const broken = [
      wrapperWith({ wrap: async () => ({ masterKeyId: 'young', wrapped: 'nothing' }) }, after),
      wrapperWith({ wrap: (_, context) => after.wrap(randomBytes(32), context) }, after),
    ];
    for (const wrapper of broken) {
      expect(await makeKeys(wrapper, trail).keys.rewrap()).toEqual({ rewrapped: 0, unreadable: [ana] });
      expect(await keys.obtain(ana)).toEqual(key);
    }
  });

  it('are not wrapped by a master key that the wrapper does not name as its own', async () => {
    const { keys, trail } = makeKeys();
    const key = await keys.obtain(ana);
    const alias = wrapperWith({ masterKeyId: 'alias/young' }, after);
    const { keys: aliased } = makeKeys(alias, trail);
    await expect(aliased.rewrap()).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      details: { expected: 'alias/young', actual: 'young' },
    });
    await expect(aliased.obtain(ben)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(await keys.obtain(ana)).toEqual(key);
    expect((await keys.read([ben])).size).toBe(0);
  });
});

describe('a wrapper of the host’s', () => {
  it('that never answers ends a call at its deadline, of however many keys', async () => {
    const { keys, trail } = makeKeys();
    await Promise.all(some(160).map((customer) => keys.obtain(customer)));
    const { keys: hung } = makeKeys(wrapperWith({ unwrap: never }), trail, 500);
    const began = performance.now();
    await expect(hung.obtain(some(1)[0] ?? ana)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const found = await hung.read(some(160));
    expect(performance.now() - began).toBeLessThan(3000);
    expect(found.size).toBe(160);
    for (const one of found.values()) {
      expect(one).toMatchObject({ status: 'unreadable', error: { code: 'STORE_UNAVAILABLE' } });
    }
    const { keys: mute } = makeKeys(wrapperWith({ wrap: never }), trail, 100);
    await expect(mute.obtain(ana)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('token=hunter2'))],
    [
      'throws',
      () => {
        throw new Error('token=hunter2');
      },
    ],
  ])('that %s is a fault that passes, told without a word of its own', async (_, fail) => {
    const { keys, trail } = makeKeys();
    await keys.obtain(ana);
    const { keys: failing } = makeKeys(wrapperWith({ unwrap: fail, wrap: fail }), trail);
    for (const customer of [ana, ben]) {
      const error: unknown = await failing.obtain(customer).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', cause: { message: 'token=hunter2' } });
      expect(String(error)).not.toContain('hunter2');
    }
  });

  it('is asked for some keys at a time', async () => {
    const { keys, trail } = makeKeys();
    for (const customer of some(40)) await keys.obtain(customer);
    let [atOnce, most] = [0, 0];
    const unwrap: KeyWrapper['unwrap'] = async (wrapped, context) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise((resolve) => setTimeout(resolve, 1));
      atOnce -= 1;
      return before.unwrap(wrapped, context);
    };
    const found = await makeKeys(wrapperWith({ unwrap }), trail).keys.read(some(40));
    expect([...found.values()].filter(({ status }) => status === 'readable')).toHaveLength(40);
    expect(most).toBe(16);
  });

  it('that answers no key of 32 bytes is told so, and nothing is kept of it', async () => {
    const { keys, trail } = makeKeys();
    const short = () => randomBytes(16);
    await expect(makeKeys(wrapperWith({ makeKey: short }), trail).keys.obtain(ana)).rejects.toMatchObject({
      code: 'KEY_UNREADABLE',
    });
    expect((await keys.read([ana])).size).toBe(0);
    await keys.obtain(ana);
    const { keys: cut } = makeKeys(wrapperWith({ unwrap: async () => short() }), trail);
    await expect(cut.obtain(ana)).rejects.toMatchObject({ code: 'KEY_UNREADABLE' });
  });

  it('has a deadline that is one', () => {
    for (const deadlineMs of [0, -1, 1.5, Number.NaN]) {
      expect(() => makeKeys(before, 'default', deadlineMs)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTIONS' }),
      );
    }
  });
});

describe('a key, made or destroyed', () => {
  it('is flushed and told before the call resolves, whatever the host prefers for its own transactions', async () => {
    const pool = database.pool({ options: '-c synchronous_commit=off -c client_min_messages=error', max: 1 });
    // What holds when a transaction is committed.
    await pool.query(`
      create table public.commits (setting text);
      create function public.note_commit() returns trigger language plpgsql as $$ begin
        insert into public.commits
          values (current_setting('synchronous_commit') || ' ' || current_setting('client_min_messages'));
        return null;
      end $$;
      create constraint trigger note_commit after insert or update on payment_trail.customer_keys
        deferrable initially deferred for each row execute function public.note_commit()`);
    const keys = new PostgresKeyProvider({ pool, wrapper: before, trail: randomUUID() });
    await keys.obtain(ana);
    await keys.destroy(ana);
    await keys.destroy(ben);
    const { rows } = await pool.query<{ setting: string }>('select setting from public.commits');
    expect(rows.map(({ setting }) => setting)).toEqual(['on warning', 'on warning', 'on warning']);
    const { rows: after } = await pool.query('show synchronous_commit');
    expect(after).toEqual([{ synchronous_commit: 'off' }]);
    await pool.query('drop trigger note_commit on payment_trail.customer_keys');
  });
});
