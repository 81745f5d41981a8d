import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { callbackify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../../src/adapters/simulator/index.ts';
import { startSimulator } from '../../../src/adapters/simulator/index.ts';
import { runCli } from '../../../src/adapters/cli/runCli.ts';
import { alias, attached, outcomeUnknown, rejected, requested } from '../../domain/given.ts';
import type { TestDatabase } from '../../support/postgres/testDatabase.ts';
import { createTestDatabase } from '../../support/postgres/testDatabase.ts';
import type { Surroundings } from './support.ts';
import { keeper, run } from './support.ts';
import { appendEvents, appendMany, aStory } from './trails.ts';

let database: TestDatabase;
let empty: TestDatabase;
let simulator: Simulator;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  empty = await createTestDatabase({ migrated: false });
  simulator = await startSimulator();
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await simulator.close();
  await empty.drop();
  await database.drop();
});

/** Runs a command on a trail of the test's database. */
function on(trail: string, args: readonly string[], surroundings: Surroundings = {}) {
  const env = { DATABASE_URL: database.url, ...surroundings.env };
  return run([...args, '--trail', trail], { ...surroundings, env });
}

/** The same, with a Stripe to ask. */
function ask(trail: string, args: readonly string[], surroundings: Surroundings = {}) {
  return on(trail, [...args, '--stripe-url', simulator.url], surroundings);
}

const customer = 'cus_NbZ8Ki3f322LNn';

describe('migrate', () => {
  it('runs what is pending, and a second time nothing', async () => {
    const env = { DATABASE_URL: empty.url };
    const first = await run(['migrate', '--schema', 'audit', '--json'], { env });
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(first.out)).toMatchObject({
      schema: 'audit',
      applied: expect.arrayContaining(['0001_trails_and_events.sql']),
    });
    expect(await run(['migrate', '--schema', 'audit'], { env })).toEqual({
      code: 0,
      out: 'Schema audit is up to date.\n',
      err: '',
    });
  });
});

describe('attach', () => {
  it('attaches, and repeats the answer of the same attempt', async () => {
    const paymentMethodId = simulator.account.addPaymentMethod();
    const args = ['attach', paymentMethodId, '--customer', customer, '--attempt', 'a-1', '--actor', 'user-7'];
    const said = { code: 0, out: `attached ${paymentMethodId}, visa •••• 4242\n`, err: '' };
    expect(await ask('attach', args)).toEqual(said);
    expect(await ask('attach', args)).toEqual(said);
    expect(simulator.account.effects.filter((effect) => effect.paymentMethodId === paymentMethodId)).toHaveLength(1);
    const { out } = await ask('attach', [...args, '--json']);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'attached', paymentMethodId, attemptId: 'a-1' });
  });

  it('asks the simulator that STRIPE_API_BASE names, and says so, unless an option names another', async () => {
    const args = ['attach', simulator.account.addPaymentMethod(), '--customer', customer];
    const env = { STRIPE_API_BASE: simulator.url, STRIPE_API_KEY: 'sk_test_1' };
    expect(await on('attach', args, { env })).toMatchObject({
      code: 0,
      err: `Asking the simulator at ${simulator.url}, which STRIPE_API_BASE names.\n`,
    });
    const elsewhere = { env: { STRIPE_API_BASE: 'http://127.0.0.1:1' } };
    const other = ['attach', simulator.account.addPaymentMethod(), '--customer', customer];
    expect(await ask('attach', other, elsewhere)).toMatchObject({ code: 0, err: '' });
  });

  it('asks what STRIPE_API_BASE names over TLS, such as a proxy of the host, and says so', async () => {
    const firstBytes: (number | undefined)[] = [];
    const proxy = createServer((socket) => {
      socket.once('data', (bytes) => {
        firstBytes.push(bytes[0]);
        socket.destroy();
      });
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const base = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const env = { STRIPE_API_BASE: `${base}/`, STRIPE_API_KEY: 'sk_test_1' };
    const { err } = await on('proxied', ['attach', 'pm_1', '--customer', customer], { env });
    proxy.close();
    expect(err).toContain(`Asking ${base}, which STRIPE_API_BASE names.\n`);
    expect(new Set(firstBytes), 'a TLS handshake').toEqual(new Set([22]));
  });

  it('exits with 1 where it is declined', async () => {
    expect(await ask('attach', ['attach', 'pm_card_chargeDeclined', '--customer', customer])).toEqual({
      code: 1,
      out: 'rejected pm_card_chargeDeclined: cardDeclined, generic_decline\n',
      err: '',
    });
  });

  it('exits with 1 where nobody knows, and says how to find out; which reconcile does', async () => {
    const paymentMethodId = simulator.account.addPaymentMethod();
    simulator.account.faults.next({ fault: 'loseResponse', times: 10 });
    const args = ['attach', paymentMethodId, '--customer', customer, '--attempt', 'lost-1'];
    const { code, out, err } = await ask('attach', args);
    simulator.account.faults.clear();
    expect({ code, out }).toEqual({ code: 1, out: `unknown ${paymentMethodId}: connectionLost: it may be attached\n` });
    expect(err).toBe(
      `It may be attached. Run: attach-payment-method reconcile ${paymentMethodId} --attempt lost-1 --trail attach --stripe-url ${simulator.url}\n`,
    );
    expect(await ask('attach', ['reconcile', paymentMethodId, '--attempt', 'lost-1'])).toEqual({
      code: 0,
      out: `attached ${paymentMethodId}, visa •••• 4242\n`,
      err: '',
    });
  });

  it('exits with 3 where Stripe does not take the key, in one line without the key', async () => {
    const args = ['attach', simulator.account.addPaymentMethod(), '--customer', customer];
    const { code, err } = await ask('attach', args, { env: { STRIPE_API_KEY: 'hush' } });
    expect(code).toBe(3);
    expect(err).toMatch(/^error: .*GATEWAY_UNAUTHORIZED\)\n$/);
    expect(err).toContain('Check STRIPE_API_KEY');
    expect(err).not.toContain('hush');
  });
});

describe('recover', () => {
  it('settles what was left open, tells each, and a second time finds nothing', async () => {
    await appendEvents(database.pool(), 'recover', [requested(), outcomeUnknown()]);
    const first = await ask('recover', ['recover']);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^attachment +paymentMethod-pm_1 +attempt-1 +2025-11-23 12:00:00Z +rejected$/m);
    expect(first.out).toMatch(/^1 looked after, 1 settled, 0 still open, 0 put off$/m);
    expect((await ask('recover', ['recover', '--json'])).out).toContain('"looked": 0');
  });
});

describe('a trail that keeps personal fields encrypted', () => {
  it.each([['recover'], ['reconcile', 'pm_1'], ['attach', 'pm_1', '--customer', customer]])(
    'is not written to by %s, which has no keys',
    async (...args) => {
      const trail = `encrypted-${args[0]}`;
      await appendEvents(database.pool(), trail, [requested(), outcomeUnknown()]);
      await database.pool().query({
        text: `insert into payment_trail.customer_keys (trail, customer, key_id, master_key_id, wrapped_key, made_at)
        values ($1, 'cus_1', 'i', 'k', 'w', now())`,
        values: [trail],
      });
      const before = (await on(trail, ['replay', '--json'])).out;
      const { code, err } = await ask(trail, args);
      expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('the command line has no keys') });
      expect((await on(trail, ['replay', '--json'])).out).toBe(before);
    },
  );
});

describe('history and customer', () => {
  beforeAll(() => appendEvents(database.pool(), 'story', aStory()));

  it('tell who did what, when, and how it ended', async () => {
    const { code, out, err } = await on('story', ['history', 'pm_1']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.replace(/\d{4}-\S+ \S+Z/g, '<instant>')).toBe(
      [
        'pm_1: attached to cus_Ana, visa •••• 4242 (version 2)',
        '',
        '#  recorded at           who     event                  what            evidence',
        '1  <instant>  user-7  AttachmentRequested    cus_Ana',
        '2  <instant>  user-7  PaymentMethodAttached  visa •••• 4242  response',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['1', 'attaching to cus_Ana, no outcome yet (version 1)'],
    ['position:2', 'attached to cus_Ana, visa •••• 4242 (version 2)'],
    ['version:1', 'attaching to cus_Ana, no outcome yet (version 1)'],
    ['2999-01-01', 'attached to cus_Ana, visa •••• 4242 (version 2)'],
  ])('go back to %s', async (asOf, line) => {
    const { out } = await on('story', ['history', 'pm_1', '--as-of', asOf]);
    expect(out.split('\n')[0]).toBe(`pm_1: ${line}`);
  });

  it.each([
    [['history', 'pm_nope'], 'Trail story knows nothing of pm_nope. Check the id, and --trail.\n'],
    [
      ['history', 'pm_1', '--as-of', '2020-01-01'],
      'Trail story knows nothing of pm_1 as of 2020-01-01T00:00:00.000Z. Check the id, and --trail.\n',
    ],
    [
      ['history', 'pm_nope', '--html', 'never.html'],
      'Trail story knows nothing of pm_nope. Check the id, and --trail.\n',
    ],
    [['customer', 'cus_nope'], 'Trail story knows nothing of cus_nope. Check the id, and --trail.\n'],
    [
      ['customer', 'cus_Ana', '--as-of', '0'],
      'Trail story knows nothing of cus_Ana as of position 0. Check the id, and --trail.\n',
    ],
  ])('exit with 1 where nothing is known: %j', async (args, message) => {
    expect(await on('story', args)).toEqual({ code: 1, out: '', err: message });
  });

  it('know a customer of whom no payment method was ever seen', async () => {
    await appendEvents(database.pool(), 'alias', [requested({ paymentMethodId: alias })]);
    expect(await on('alias', ['customer', 'cus_Ana'])).toEqual({
      code: 0,
      out: 'cus_Ana: 0 of 0 payment methods attached\n',
      err: '',
    });
  });

  it('show a customer now, and as of a position', async () => {
    const now = await on('story', ['customer', 'cus_Ana']);
    expect(now.out).toContain('cus_Ana: 1 of 1 payment methods attached\n');
    const { out } = await on('story', ['customer', 'cus_Ana', '--as-of', '1', '--json']);
    expect(JSON.parse(out)).toMatchObject({ customerId: 'cus_Ana', paymentMethods: [{ status: 'attaching' }] });
  });
});

describe('customer', () => {
  it('reads the projection where it was built, and the trail only behind it', async () => {
    await appendMany(database.pool(), 'customers', 3000);
    const ask = () => on('customers', ['customer', 'cus_Ana', '--json'], { isTTY: true });
    const scanned = await ask();
    expect(scanned.err).toContain('Reading');
    await on('customers', ['rebuild', 'paymentMethodsByCustomer']);
    const { err, ...read } = await ask();
    expect(err).toBe('');
    expect(read).toEqual({ code: 0, out: scanned.out });
    await appendEvents(database.pool(), 'customers', [attached()]);
    expect(JSON.parse((await ask()).out)).toMatchObject({ paymentMethods: [{ status: 'attached' }] });
    const then = await on('customers', ['customer', 'cus_Ana', '--as-of', '3000', '--json']);
    expect(then.out).toBe(scanned.out);
  });
});

describe('replay', () => {
  beforeAll(() => appendEvents(database.pool(), 'replay', [...aStory(), rejected()]));

  it('prints the same events in every format', async () => {
    const table = await on('replay', ['replay']);
    expect(table.out.split('\n').map((line) => /[A-Z]\w+ed/.exec(line)?.[0])).toEqual([
      undefined,
      'AttachmentRequested',
      'PaymentMethodAttached',
      'AttachmentRejected',
      undefined,
    ]);
    const json = JSON.parse((await on('replay', ['replay', '--json'])).out) as unknown[];
    const jsonl = (await on('replay', ['replay', '--format', 'jsonl'])).out.trimEnd().split('\n');
    expect(jsonl.map((line) => JSON.parse(line) as unknown)).toEqual(json);
    const csv = (await on('replay', ['replay', '--format', 'csv'])).out.trimEnd().split('\n');
    expect(csv.slice(1).map((line) => line.split(',')[0])).toEqual(['1', '2', '3']);
  });

  it.each([
    [
      ['--from', '2'],
      [2, 3],
    ],
    [['--from', '2', '--to', '2'], [2]],
    [['--to', '2020-01-01'], []],
    [
      ['--from', '2020-01-01', '--to', '2999-01-01'],
      [1, 2, 3],
    ],
    [
      ['--type', 'AttachmentRejected', '--type', 'PaymentMethodAttached'],
      [2, 3],
    ],
    [['--customer', 'cus_Ben'], []],
    [['--customer', 'cus_Ana', '--to', '1'], [1]],
  ])('reads what %j says', async (args, positions) => {
    const { code, out } = await on('replay', ['replay', '--json', ...args]);
    const records = JSON.parse(out) as { position: number }[];
    expect({ code, positions: records.map(({ position }) => position) }).toEqual({ code: 0, positions });
  });

  it('ends where the trail ended when it began, whatever is appended meanwhile', async () => {
    const pool = database.pool();
    await appendMany(pool, 'growing', 500);
    let appending: Promise<void> | null = null;
    let text = '';
    const write = callbackify(async (chunk: Buffer, _encoding: string) => {
      text += chunk.toString();
      appending ??= appendMany(pool, 'growing', 500);
      await appending;
    });
    const stdout = new Writable({ highWaterMark: 1, write });
    const env = { DATABASE_URL: database.url };
    const parts = { stdout, stderr: keeper().output, env, signal: new AbortController().signal };
    expect(await runCli(['replay', '--trail', 'growing', '--json'], parts)).toBe(0);
    expect(JSON.parse(text)).toHaveLength(500);
    expect(JSON.parse((await on('growing', ['replay', '--json', '--from', '2000'])).out)).toEqual([]);
  });

  it('of a trail that is not there exits with 3 and names those that are', async () => {
    const { code, out, err } = await on('replai', ['replay']);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toMatch(
      /^error: Trail replai has no events in schema payment_trail: there is no such trail, .* Trails with events: .*replay.*\n$/,
    );
  });
});

it.each(['history pm_1', 'verify', 'replay', 'rebuild openAttempts', 'export never.jsonl'])(
  'in a database that was not migrated %s exits with 3 and says what to run',
  async (typed) => {
    const { code, out, err } = await run(typed.split(' '), { env: { DATABASE_URL: empty.url } });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toBe(
      'error: The database has no event store in schema "payment_trail", or an older one. Run: attach-payment-method migrate (with the same DATABASE_URL and --schema). (STORE_SCHEMA_MISSING)\n',
    );
    expect(await readdir('.')).not.toContain('never.jsonl');
  },
);

describe('rebuild', () => {
  it('that is stopped half-way changes nothing that is read, exits with 130, and goes on where it was', async () => {
    await appendMany(database.pool(), 'rebuild', 1000);
    expect((await on('rebuild', ['rebuild', 'paymentMethodsByCustomer'])).out).toBe(
      'paymentMethodsByCustomer is rebuilt, up to position 1000.\n',
    );
    await appendMany(database.pool(), 'rebuild', 2000);
    const stopping = new AbortController();
    const stopped = await on('rebuild', ['rebuild', 'paymentMethodsByCustomer'], {
      signal: stopping.signal,
      isTTY: true,
      onErr: (text) => {
        if (text.includes('500 of 3000')) stopping.abort();
      },
    });
    expect(stopped).toMatchObject({ code: 130, out: '' });
    expect(stopped.err).toContain('Stopped. Nothing was left half-written');
    const generations = await database
      .pool()
      .query<{ state: string; position: string }>(
        "select state, position from payment_trail.generations where trail = 'rebuild' order by state",
      );
    expect(generations.rows).toEqual([
      { state: 'active', position: '1000' },
      { state: 'building', position: expect.stringMatching(/^(500|1000)$/) },
    ]);
    const again = await on('rebuild', ['rebuild', 'paymentMethodsByCustomer', '--json']);
    expect(JSON.parse(again.out)).toEqual({ projection: 'paymentMethodsByCustomer', version: 1, position: 3000 });
  });
});

describe('rebuild of every projection that is built in', () => {
  it.each([
    ['paymentMethodsByCustomer', 1],
    ['openAttempts', 2],
    ['wishedDefaults', 4],
    ['knownCustomers', 1],
  ])('%s', async (name, version) => {
    const trail = `built-${name}`;
    await appendEvents(database.pool(), trail, aStory());
    const { code, out } = await on(trail, ['rebuild', name, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ projection: name, version, position: 2 });
  });

  it('tells of the version that was built, whatever other there is', async () => {
    await appendEvents(database.pool(), 'versions', aStory());
    await database.pool().query(
      `insert into payment_trail.generations (trail, projection, version, state, position)
         values ('versions', 'openAttempts', 2, 'building', 0), ('versions', 'openAttempts', 9, 'active', 1)`,
    );
    const again = await on('versions', ['rebuild', 'openAttempts', '--json']);
    expect(JSON.parse(again.out)).toEqual({ projection: 'openAttempts', version: 2, position: 2 });
  });
});

describe('verify, seal and export', () => {
  const keys = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const at = (name: string) => join(folder, name);
  beforeAll(async () => {
    await appendEvents(database.pool(), 'sealed', aStory());
    await writeFile(at('key.pem'), keys.privateKey);
    await writeFile(at('key.pub.pem'), keys.publicKey);
  });

  it('seal what was appended, once, and verify against it', async () => {
    const seal = ['seal', '--key', at('key.pem'), '--seals', at('seals.jsonl')];
    expect((await on('sealed', seal)).out).toMatch(/^sealed up to position 2, with key [0-9a-f]{16}\n$/);
    expect((await on('sealed', seal)).out).toBe('unchanged: nothing was appended since the seal at position 2\n');
    const args = ['verify', '--seals', at('seals.jsonl'), '--public-key', at('key.pub.pem')];
    expect((await on('sealed', args)).out).toMatch(/^intact: 2 events, sealed up to 2, last hash [0-9a-f]{64}\n$/);
    const named = ['verify', '--seals', at('seals.jsonl'), '--public-key', `other=${at('key.pub.pem')}`];
    expect(await on('sealed', named)).toMatchObject({ code: 1, out: expect.stringContaining('sealKeyUnknown') });
    expect(await on('sealed', ['seal', '--key', at('key.pem'), '--seals', at('nowhere/seals.jsonl')])).toEqual({
      code: 3,
      out: '',
      err: `error: ${at('nowhere/seals.jsonl')} cannot be written: its folder is not there.\n`,
    });
    expect((await on('sealed', ['verify'])).out).toMatch(/^intact: 2 events, not held against any seal/);
  });

  it('export a file that the second verifier takes, and never replace one unasked', async () => {
    const file = at('trail.jsonl');
    expect(await on('sealed', ['export', file])).toEqual({ code: 0, out: `${file}: 2 events\n`, err: '' });
    expect(execFileSync(process.execPath, ['verifier/verify.mjs', file], { encoding: 'utf8' })).toContain('intact');
    const before = await readFile(file);
    expect(await on('sealed', ['export', file])).toEqual({
      code: 2,
      out: '',
      err: `error: ${file} is there already, and stays as it is. Name another file, or replace it with --force.\n`,
    });
    expect(await readFile(file)).toEqual(before);
    expect((await on('sealed', ['export', file, '--force'])).code).toBe(0);
    expect(await on('sealed', ['export', at('nowhere/trail.jsonl')])).toEqual({
      code: 3,
      out: '',
      err: `error: ${at('nowhere/trail.jsonl')} cannot be written: its folder is not there.\n`,
    });
  });

  it('leave no file behind where they are stopped in the middle', async () => {
    await appendMany(database.pool(), 'stopped', 4000);
    const before = await readdir(folder);
    const stopWhen = (seen: string) => {
      const stopping = new AbortController();
      const onErr = (text: string) => {
        if (text.includes(seen)) stopping.abort();
      };
      return { signal: stopping.signal, isTTY: true, onErr };
    };
    const exported = await on('stopped', ['export', at('stopped.jsonl')], stopWhen('Exporting'));
    expect(exported).toMatchObject({ code: 130, out: '' });
    const report = await on('stopped', ['history', 'pm_1', '--html', at('stopped.html')], stopWhen('Verifying'));
    expect(report).toMatchObject({ code: 130, out: '' });
    expect(await readdir(folder)).toEqual(before);
  });

  it('exit with 1 and name the place where somebody changed the trail', async () => {
    const pool = database.pool();
    await appendEvents(pool, 'tampered', aStory());
    await pool.query('alter table payment_trail.events disable trigger all');
    await pool.query(
      "update payment_trail.events set metadata = replace(metadata::text, 'user-7', 'user-8')::json where trail = 'tampered' and position = 2",
    );
    await pool.query('alter table payment_trail.events enable always trigger all').catch(() => {});
    const { code, out } = await on('tampered', ['verify']);
    expect(code).toBe(1);
    expect(out).toMatch(/^NOT INTACT at position 2: hashMismatch\n  expected [0-9a-f]{64}\n  found    [0-9a-f]{64}\n$/);
    const report = await on('tampered', ['history', 'pm_1', '--html', at('tampered.html')]);
    expect(report).toMatchObject({
      code: 1,
      out: `${at('tampered.html')}: the trail is NOT INTACT at position 2: hashMismatch\n`,
    });
    expect(await readFile(at('tampered.html'), 'utf8')).toContain('Not intact');
  });
});

describe('doctor', () => {
  it('of a database that was not migrated says how to', async () => {
    const { code, err } = await run(['doctor'], { env: { DATABASE_URL: empty.url } });
    expect(code).toBe(1);
    expect(err).toBe('migrate({ pool, schema }) is: attach-payment-method migrate --schema payment_trail\n');
  });

  it('exits with 1 and says what to do, in the words of this program too', async () => {
    const { code, out, err } = await run(['doctor'], { env: { DATABASE_URL: database.url } });
    expect(code).toBe(1);
    expect(out).toContain('CONNECTED_AS_SUPERUSER: ');
    expect(err).toBe('migrate({ roles }) is: attach-payment-method migrate --owner ROLE --app ROLE --reader ROLE\n');
  });
});
