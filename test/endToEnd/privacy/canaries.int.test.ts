import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exportTrailToFile, verify } from '../../../src/adapters/audit/index.ts';
import { migrate, PostgresKeyProvider } from '../../../src/adapters/postgres/index.ts';
import { aesFieldCipher, AesKeyWrapper, EncryptingEventStore } from '../../../src/adapters/privacy/index.ts';
import { Trail } from '../../../src/index.ts';
import { run } from '../../adapters/cli/support.ts';
import { newPool } from '../../support/postgres/newPool.ts';
import { cardCanaries, email, newEmail, personalCanaries } from './canaries.ts';
import type { Host, Wiring } from './host.ts';
import { liveThrough, startHost } from './host.ts';
import { startReadableServer } from './server.ts';

const masterKey = randomBytes(32);
const timeout = 90_000;

/** So that no long value is compressed, which would hide what is in it from whoever reads the files. */
const uncompressed = `do $$ declare c record; begin
  for c in select a.attrelid::regclass as of_table, a.attname from pg_attribute a
    join pg_class r on r.oid = a.attrelid and r.relkind = 'r' and r.relnamespace = 'payment_trail'::regnamespace
    where a.attnum > 0 and a.attstorage in ('x', 'm')
  loop execute format('alter table %s alter column %I set storage external', c.of_table, c.attname); end loop;
end $$`;

async function aServer() {
  const server = await startReadableServer();
  onTestFinished(() => server.remove());
  const pool = newPool({ connectionString: server.url });
  await migrate({ pool });
  await pool.query(uncompressed);
  const keys = new PostgresKeyProvider({
    pool,
    wrapper: new AesKeyWrapper({ masterKeys: { m1: masterKey }, current: 'm1' }),
  });
  return { ...server, pool, keys };
}

type Server = Awaited<ReturnType<typeof aServer>>;

/** What leaves the module on purpose: the command line's output, a report, exports; under names to find a leak by. */
async function outputs({ url }: Server, host: Host, customer: string, paymentMethodId: string) {
  const folder = await mkdtemp(join(tmpdir(), 'privacy-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = { DATABASE_URL: url };
  const found = new Map([['log', host.logged.join('\n')]]);
  const file = (name: string) => join(folder, name);
  for (const args of [
    ['history', paymentMethodId, '--json'],
    ['history', paymentMethodId],
    ['history', paymentMethodId, '--html', file('history.html')],
    ['customer', customer, '--json'],
    ['customer', customer, '--html', file('customer.html')],
    ['replay', '--format', 'jsonl'],
    ['replay'],
    ['verify', '--json'],
    ['export', file('cli.jsonl')],
  ]) {
    const { code, out, err } = await run(args, { env });
    expect([args, code, err.includes('rror')]).toEqual([args, 0, false]);
    found.set(args.join(' ').replaceAll(folder, ''), out + err);
  }
  await exportTrailToFile({ store: host.eventStore, path: file('api.jsonl') });
  for (const name of ['history.html', 'customer.html', 'cli.jsonl', 'api.jsonl']) {
    found.set(name, await readFile(file(name), 'utf8'));
  }
  const { rows } = await host.pool.query<{ text: string }>('select d::text as text from payment_trail.documents d');
  expect(rows).not.toEqual([]);
  found.set('read models', rows.map(({ text }) => text).join('\n'));
  return found;
}

function leaks(texts: ReadonlyMap<string, string | null>, canaries: readonly string[]): readonly string[] {
  return [...texts].flatMap(([name, text]) =>
    canaries.filter((canary) => text?.includes(canary) === true).map((canary) => `${name}: ${canary}`),
  );
}

async function started(server: Server, wiring: Wiring) {
  const host = await startHost(server.pool, wiring);
  const lived = await liveThrough(host);
  return { host, ...lived };
}

/** Nothing of a customer's is anywhere: in what the module answered, and then in any byte of the database's folder. */
async function expectNoCanary(server: Server, host: Host, personal: readonly string[], customer: string, id: string) {
  expect(host.secrets).toHaveLength(2);
  const canaries = [...personal, ...host.secrets];
  const texts = await outputs(server, host, customer, id);
  const dump = await server.dump();
  expect(leaks(new Map([...texts, ['pg_dump', dump]]), canaries)).toEqual([]);
  await host.close();
  await server.pool.end();
  expect(await server.filesWith(canaries)).toEqual([]);
  // What is kept is found by the same look: in a table, and in the write-ahead log.
  const kept = (await server.filesWith([`{"kind":"customer","id":"${customer}"}`])).join('\n');
  expect(kept).toMatch(/base\/\d+\/\d+: /);
  expect(kept).toMatch(/pg_wal\/[0-9A-F]+: /);
  if (dump !== null) expect(dump).toContain(customer);
}

describe('P9: no personal field that Stripe sends stands in the clear anywhere', () => {
  it.each([
    ['as the module is set up by default', false],
    ['where the gateway was told to read it and nothing encrypts it', true],
  ])('%s', { timeout }, async (_, billingDetails) => {
    const server = await aServer();
    const { host, customer, paymentMethodId } = await started(server, { billingDetails, wrap: (store) => store });
    const look = await host.gateway.lookUp(paymentMethodId as never);
    // The canaries came by, or there is nothing to find.
    expect(JSON.stringify(look).includes(email)).toBe(billingDetails);
    expect(await verify(host.stored)).toMatchObject({ intact: true });
    await expectNoCanary(server, host, personalCanaries, customer, paymentMethodId);
  });

  it('where it is encrypted, the card with it; also in any process that has not the keys', { timeout }, async () => {
    const server = await aServer();
    const { keys } = server;
    const encrypts = ['billingDetails', 'card', 'fingerprint'] as const;
    const wrap: Wiring['wrap'] = (eventStore) =>
      new EncryptingEventStore({ eventStore, keys, cipher: aesFieldCipher, encrypts });
    const { host, customer, paymentMethodId, saved, fingerprint } = await started(server, {
      billingDetails: true,
      wrap,
      keys,
    });
    expect(fingerprint).not.toBe('');
    const canaries = [...personalCanaries, ...cardCanaries(fingerprint)];

    // Whoever has the keys reads them, by every way that they came in: an answer, a webhook, a sweep, and, unless a webhook
    // outran it, a look.
    const trail = new Trail({ eventStore: host.eventStore });
    const evidence = new Set<string>();
    for await (const { event } of trail.read({ types: ['PaymentMethodAttached'] })) {
      expect(event.data).toMatchObject({ billingDetails: { email }, card: { last4: '5100', expMonth: 5 } });
      evidence.add(event.data.evidence.source);
    }
    expect([...evidence]).toEqual(expect.arrayContaining(['response', 'webhook', 'sweep']));
    expect(await trail.paymentMethod(saved)).toMatchObject({
      state: { billingDetails: { email: newEmail }, card: { expYear: 2098 } },
    });

    // And nobody does once the customer is forgotten, also not of what comes later.
    const { paymentMethods, stored, pool } = host;
    const { rows } = await pool.query<{ wrapped_key: string }>(
      'select wrapped_key from payment_trail.customer_keys where customer = $1',
      [customer],
    );
    const wrappedKey = rows[0]?.wrapped_key ?? '';
    expect(wrappedKey).not.toBe('');
    // As autovacuum does now and then: the planner's statistics must not keep a key.
    await pool.query('analyze payment_trail.customer_keys');
    await paymentMethods.forgetCustomer({ customer, actor: 'dpo' });
    const later = await host.sdk.paymentMethods.update(saved, { billing_details: { name: 'Canary-Later-7f3a' } });
    expect(later.billing_details.name).toBe('Canary-Later-7f3a');
    await paymentMethods.sweep({ customer });
    for await (const { event } of trail.read({ types: ['PaymentMethodAttached', 'PaymentMethodUpdated'] })) {
      expect(event.data).toMatchObject({
        billingDetails: 'redacted',
        card: { last4: 'redacted', expYear: 'redacted' },
      });
    }
    expect(await verify(stored)).toMatchObject({ intact: true });
    // A destroyed key, wrapped, goes from the table's file by this, and from the write-ahead log as that is recycled.
    await pool.query('vacuum full payment_trail.customer_keys');
    await pool.query('checkpoint');
    await expectNoCanary(server, host, [...canaries, 'Canary-Later-7f3a'], customer, paymentMethodId);
    const left = await server.filesWith([wrappedKey]);
    expect(left).not.toEqual([]);
    expect(left.filter((place) => !place.includes('pg_wal/'))).toEqual([]);
  });
});
