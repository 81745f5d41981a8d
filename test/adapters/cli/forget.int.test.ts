import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakePaymentGateway } from '../../../src/adapters/fake/index.ts';
import { PostgresEventStore, PostgresKeyProvider } from '../../../src/adapters/postgres/index.ts';
import { AesKeyWrapper } from '../../../src/adapters/privacy/aesKeyWrapper.ts';
import { randomIds, systemClock } from '../../../src/adapters/system/system.ts';
import { PaymentMethods } from '../../../src/application/paymentMethods.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import { anEncryptedTrail } from '../../application/privacy/support.ts';
import { run } from './support.ts';
import { appendEvents, aStory } from './trails.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Runs a command on a trail of the test's database. */
function on(trail: string, args: readonly string[]) {
  return run([...args, '--trail', trail], { env: { DATABASE_URL: database.url } });
}

describe('forget', () => {
  const id = 'cus_Ana';
  const insert = `insert into payment_trail.customer_keys (trail, customer, key_id, master_key_id, wrapped_key, made_at)
    values ($1, $2, 'i', 'k', 'w', now())`;
  /** A trail of its own, in which Ana has a key, as the application made it. */
  async function withKey(trail: string): Promise<void> {
    await appendEvents(database.pool(), trail, aStory());
    await database.pool().query({ text: insert, values: [trail, id] });
  }
  async function keyOf(trail: string) {
    const text =
      'select wrapped_key, destroyed_at is not null as destroyed from payment_trail.customer_keys where trail = $1';
    return (await database.pool().query<Record<string, unknown>>({ text, values: [trail] })).rows;
  }
  const recorded = async (trail: string) => (await on(trail, ['replay', '--type', 'CustomerForgotten', '--json'])).out;

  it('destroys the key, records who asked, and says what it did, and what is left', async () => {
    await withKey('forget');
    const { code, out, err } = await on('forget', ['forget', id, '--yes', '--actor', 'privacy-desk']);
    expect({ code, out }).toEqual({
      code: 0,
      out: 'forgotten cus_Ana: its key is destroyed, and the trail says so now\n',
    });
    expect(err).toContain('backups of its key');
    expect(await keyOf('forget')).toEqual([{ wrapped_key: null, destroyed: true }]);
    expect(JSON.parse(await recorded('forget'))).toMatchObject([
      { event: { data: { customer: { kind: 'customer', id } } }, metadata: { actor: 'privacy-desk' } },
    ]);
    expect((await on('forget', ['verify'])).code).toBe(0);
  });

  it('takes the fields from an application that runs', async () => {
    const trail = 'forget-running';
    const parts = { pool: database.pool(), trail };
    const wrapper = new AesKeyWrapper({ masterKeys: { m1: randomBytes(32) }, current: 'm1' });
    const keys = new PostgresKeyProvider({ ...parts, wrapper });
    const { store: eventStore } = anEncryptedTrail({ stored: new PostgresEventStore(parts), keys });
    const gateway = new FakePaymentGateway();
    const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds, keys });
    await paymentMethods.attach({ paymentMethodId: 'pm_1', customer: id, actor: 'user-7' });
    expect(await paymentMethods.history('pm_1')).toMatchObject({ state: { card: { last4: '4242' } } });
    expect((await on(trail, ['forget', id, '--yes'])).code).toBe(0);
    expect(await paymentMethods.history('pm_1')).toMatchObject({ state: { card: { last4: 'redacted' } } });
    expect((await paymentMethods.forgetCustomer({ customer: id, actor: 'dpo' })).outcome).toBe('alreadyForgotten');
    await paymentMethods.close();
  });

  it('does it once, and says so the second time, as JSON too', async () => {
    await withKey('forget-twice');
    const first = await on('forget-twice', ['forget', id, '--yes', '--json']);
    const customer = { kind: 'customer', id };
    expect(first.err).toBe('');
    expect(JSON.parse(first.out)).toEqual({ outcome: 'forgotten', customer, hadKey: true });
    const second = await on('forget-twice', ['forget', id, '--yes', '--json']);
    expect(second.code).toBe(0);
    expect(JSON.parse(second.out)).toEqual({ outcome: 'alreadyForgotten', customer, hadKey: false });
    const { out } = await on('forget-twice', ['forget', id, '--yes']);
    expect(out).toBe('already forgotten cus_Ana: its key was destroyed before, and the trail said so before\n');
    expect(JSON.parse(await recorded('forget-twice'))).toHaveLength(1);
  });

  it('does nothing without --yes, and says what it would do', async () => {
    await withKey('forget-unsure');
    const { code, out, err } = await on('forget-unsure', ['forget', id]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      'error: forget destroys the key of cus_Ana in trail forget-unsure, and nothing brings it back. Nothing was done; to do it, add --yes.\n',
    );
    expect(await keyOf('forget-unsure')).toEqual([{ wrapped_key: 'w', destroyed: false }]);
    expect(JSON.parse(await recorded('forget-unsure'))).toEqual([]);
  });

  it('does nothing to a customer who has no key: an id that was mistyped, or a trail in the clear', async () => {
    await withKey('forget-other');
    const { code, out, err } = await on('forget-other', ['forget', 'cus_Anna', '--yes']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^Trail forget-other has no key of cus_Anna: .* nothing was done\. Check the id/);
    expect(await keyOf('forget-other')).toHaveLength(1);
    expect(JSON.parse(await recorded('forget-other'))).toEqual([]);
    expect((await on('forget-nowhere', ['forget', id, '--yes'])).code).toBe(3);
  });

  it('destroys the key of an account under its own id', async () => {
    await appendEvents(database.pool(), 'forget-account', aStory());
    await database.pool().query({ text: insert, values: ['forget-account', 'acct_Ana'] });
    expect((await on('forget-account', ['forget', 'acct_Ana', '--yes'])).code).toBe(0);
    expect(await keyOf('forget-account')).toEqual([{ wrapped_key: null, destroyed: true }]);
  });
});
