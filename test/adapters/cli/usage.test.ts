import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { run } from './support.ts';

const commands = [
  'migrate',
  'attach',
  'history',
  'customer',
  'replay',
  'rebuild',
  'recover',
  'reconcile',
  'forget',
  'verify',
  'seal',
  'export',
  'doctor',
  'simulator',
  'demo',
  'completion',
];

describe('help', () => {
  it.each(commands)('of %s goes to stdout, with examples and --json, and exits with 0', async (command) => {
    const { code, out, err } = await run([command, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`Usage: attach-payment-method ${command}`);
    expect(out).toContain(`\nExamples:\n  # `);
    expect(out).toContain(`  $ attach-payment-method ${command}`);
    expect(out).toMatch(/--json +print the result as JSON/);
  });

  it('lists every command, the environment and the exit codes', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const word of [...commands, 'DATABASE_URL', 'STRIPE_API_KEY', 'STRIPE_API_BASE', 'NO_COLOR', '  130  '])
      expect(out).toContain(word);
  });

  it.each(commands)('of %s fills its lines, in a file and in a terminal', async (command) => {
    for (const [isTTY, width] of [
      [false, 100],
      [true, 80],
    ] as const) {
      const { out } = await run([command, '--help'], { isTTY });
      const described = out.split('\n\n')[1]?.split('\n') ?? [];
      for (const [index, line] of described.slice(1).entries()) {
        const before = described[index] ?? '';
        expect(`${before} ${line.split(' ')[0]}`.length, `${before}\n${line}`).toBeGreaterThan(width);
      }
    }
  });

  it('lists --version, which prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly version: string };
    expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect((await run(['--help'])).out).toMatch(/--version +print the version/);
  });

  it('is shown to whoever types nothing, as bad usage', async () => {
    const { code, out, err } = await run([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('Usage: attach-payment-method');
  });
});

describe('every example of the help', () => {
  // Those would run; transcripts of them are in docs/cli.md.
  const others = commands.filter((command) => !['demo', 'simulator'].includes(command));
  it.each(others)('of %s is typed as the program takes it', async (command) => {
    const { out } = await run([command, '--help']);
    const typed = [...out.matchAll(/^  \$ attach-payment-method (.*)$/gm)].map(([, text = '']) => text);
    expect(typed.length).toBeGreaterThan(0);
    for (const text of typed) {
      const { code, err } = await run((text.split(/ [|>]/)[0] ?? '').split(' '));
      // Understood: what is missing is in the environment, or a file of one's own.
      if (code !== 0)
        expect(err, text).toMatch(
          /(DATABASE_URL|STRIPE_API_KEY) is not set|private key .* cannot be read|is not there/,
        );
    }
  });
});

describe('bad usage exits with 2, says what is wrong, and prints no result', () => {
  const attach = ['attach', 'pm_1', '--customer', 'cus_1'];
  it.each([
    [['nope'], "error: unknown command 'nope'"],
    [['verfy'], 'Did you mean verify?'],
    [['attach', 'pm_1'], "error: required option '--customer <id>' not specified"],
    [
      ['attach', 'nonsense', '--customer', 'cus_1'],
      'It must be a payment method id, such as pm_1MqM05LkdIwHu7ixlDxxO6Mc.',
    ],
    [['attach', 'pm_1', '--customer', 'Ana'], 'It must be a customer id (cus_…), or the id of an account (acct_…).'],
    [['attach', 'pm_../../x', '--customer', 'cus_1'], 'It must be a payment method id'],
    [[...attach, '--nope'], "error: unknown option '--nope'"],
    [['history', 'pm_1', 'pm_2'], 'too many arguments'],
    [
      ['history', 'pm_1', '--as-of', 'yesterday'],
      'It must be a position, such as 42, a version, such as version:3, or an instant',
    ],
    [['history', 'pm_1', '--as-of', 'version:-1'], 'It must be a position, such as 42, a version'],
    [['history', 'pm_1', '--seals', 'seals.jsonl'], '--force, --seals and --public-key are for the report'],
    [['history', 'pm_card_visa'], 'pm_card_visa is a test alias, where each attempt is its own story. Say which'],
    [['reconcile', 'pm_card_visa'], 'Say which one with --attempt; attach-payment-method replay --type'],
    [['customer', 'cus_1', '--as-of', '2026-02-30'], 'It must be a position of the trail, such as 42, or an instant'],
    [['customer', 'cus_1', '--as-of', '2026-11-23T14:00:00'], '(with Z or an offset)'],
    [['replay', '--from', '2026-13-01'], 'It must be a position of the trail'],
    [['replay', '--from', '5', '--to', '2'], '--to comes before --from: the range runs backwards. Swap the two.'],
    [['replay', '--from', '2026-11-02', '--to', '2026-11-01'], 'the range runs backwards'],
    [['replay', '--type', 'Nope'], 'It must be one of: AttachmentRequested,'],
    [['replay', '--format', 'xml'], 'Allowed choices are table, json, jsonl, csv.'],
    [['replay', '--json', '--format', 'csv'], "option '--format <format>' cannot be used with option '--json'"],
    [
      ['rebuild', 'nope'],
      'Allowed choices are paymentMethodsByCustomer, openAttempts, wishedDefaults, knownCustomers.',
    ],
    [['verify', '--seals', 'seals.jsonl'], '--seals needs --public-key'],
    [['verify', '--public-key', 'key.pem'], '--public-key is for --seals'],
    [
      ['verify', '--seals', '/nowhere/seals.jsonl', '--public-key', 'k'],
      'The file of seals /nowhere/seals.jsonl is not there.',
    ],
    [
      ['verify', '--seals', 'package.json', '--public-key', '/nowhere/k.pem'],
      'The public key /nowhere/k.pem cannot be read',
    ],
    [
      ['verify', '--seals', 'package.json', '--public-key', 'package.json'],
      'A seal is signed with Ed25519; this is not a public key',
    ],
    [['seal', '--key', 'package.json', '--seals', 's'], 'A seal is signed with Ed25519; this is not a private key'],
    [['migrate', '--owner', 'a'], '--owner, --app and --reader belong together'],
    [['verify', '--schema', 'no"pe'], 'It must be a letter or underscore'],
    [['verify', '--trail', 'no pe'], 'It must be 1 to 200 letters, digits or any of . _ : -'],
    [[...attach, '--stripe-url', 'https://evil.example'], 'It must be the address of a simulator on this machine'],
    [
      [...attach, '--stripe-url', 'http://127.0.0.1.evil.example'],
      'It must be the address of a simulator on this machine',
    ],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish.'],
  ])('%j', async (args, message) => {
    const { code, out, err } = await run(args);
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trimEnd().split('\n').length, err).toBeLessThanOrEqual(3);
  });

  it.each([
    [{}, 'DATABASE_URL is not set. Set it to your database'],
    [{ DATABASE_URL: 'mysql://root:hush@127.0.0.1/x' }, 'DATABASE_URL is not an address of Postgres.'],
    [{ DATABASE_URL: 'hush' }, 'DATABASE_URL is not an address of Postgres.'],
  ])('and so does the environment %j', async (env, message) => {
    const { code, err } = await run(['verify'], { env });
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toContain('hush');
  });

  it.each([
    [{}, [], 'STRIPE_API_KEY is not set. Set it in the environment'],
    [{ STRIPE_API_KEY: 'pk_test_hush' }, [], 'STRIPE_API_KEY is not a secret or restricted key.'],
    [{ STRIPE_API_KEY: 'hush' }, [], 'STRIPE_API_KEY is not a secret or restricted key.'],
    [
      { STRIPE_API_KEY: 'sk_live_hush' },
      ['--stripe-url', 'http://127.0.0.1:1'],
      'STRIPE_API_KEY is a live key, and --stripe-url names a simulator. Unset one of them.',
    ],
    [
      { STRIPE_API_KEY: 'sk_live_hush', STRIPE_API_BASE: 'http://127.0.0.1:1' },
      [],
      'STRIPE_API_KEY is a live key, and STRIPE_API_BASE names a simulator. Unset one of them.',
    ],
    [
      { STRIPE_API_BASE: 'http://127.0.0.1:1' },
      [],
      'STRIPE_API_KEY is not set, and STRIPE_API_BASE names a simulator. Set both, or neither',
    ],
    ...['http://hush.example', 'https://hush.example/v1', 'https://u:hush@example.com', 'hush'].map(
      (base): [NodeJS.ProcessEnv, string[], string] => [
        { STRIPE_API_KEY: 'sk_test_1', STRIPE_API_BASE: base },
        [],
        'STRIPE_API_BASE must be an origin with https, such as a proxy of yours, or a simulator on this machine',
      ],
    ),
    [
      { STRIPE_API_KEY: 'hush', STRIPE_API_BASE: 'https://proxy.example' },
      [],
      'STRIPE_API_KEY is not a secret or restricted key.',
    ],
    [{ STRIPE_API_BASE: 'https://proxy.example' }, [], 'STRIPE_API_KEY is not set. Set it in the environment'],
    [{ STRIPE_API_BASE: 'https://api.stripe.com' }, [], 'STRIPE_API_KEY is not set. Set it in the environment'],
  ])('and the key in %j %j', async (env, args, message) => {
    const { code, err } = await run([...attach, ...args], { env });
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toContain('hush');
  });
});

it.each([
  'attach pm_1 --customer cus_1 --api-key=sk_live_51Hush',
  'attach sk_live_51Hush --customer cus_1',
  'rk_test_51Hush',
  'verify postgres://user:51Hush@127.0.0.1/shop',
  'replay --database-url=postgres://user:51Hush@127.0.0.1/shop',
  'replay --from whsec_51Hush',
])('a secret typed in a wrong place is not repeated: %s', async (typed) => {
  const { code, out, err } = await run(typed.split(' '));
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(/^error: /);
  expect(err).not.toContain('51Hush');
});

describe('with --json an error is one line of JSON on stderr', () => {
  it.each<[string[], NodeJS.ProcessEnv, number, string | null, string]>([
    [['verify', '--nope', '--json'], {}, 2, null, "unknown option '--nope'"],
    [['rebuild', 'nope', '--json'], {}, 2, null, 'Allowed choices are'],
    [['verify', '--json'], {}, 2, null, 'DATABASE_URL is not set.'],
    [['history', 'pm_card_visa', '--json'], {}, 2, null, 'pm_card_visa is a test alias'],
    [
      ['history', 'pm_1', '--as-of', 'version:3', '--attempt', 'no pe', '--json'],
      {},
      2,
      'INVALID_COMMAND',
      'attemptId',
    ],
    [['verify', '--json'], { DATABASE_URL: 'postgres://me:hush@127.0.0.1:1/shop' }, 3, null, 'cannot be reached'],
    [['attach', 'sk_live_51hush', '--customer', 'cus_1', '--json'], {}, 2, null, 'It must be a payment method id'],
  ])('%j', async (args, env, exitCode, code, message) => {
    const { code: ended, out, err } = await run(args, { env });
    expect({ ended, out }).toEqual({ ended: exitCode, out: '' });
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(err)).toEqual({ error: { code, message: expect.stringContaining(message) }, exitCode });
    expect(err).not.toContain('hush');
  });

  it('as is that it was stopped', async () => {
    const { code, err } = await run(['verify', '--json'], {
      env: { DATABASE_URL: 'postgres://me:hush@127.0.0.1:1/shop' },
      signal: AbortSignal.abort(),
    });
    expect(code).toBe(130);
    expect(JSON.parse(err)).toMatchObject({ error: { message: expect.stringContaining('Stopped.') }, exitCode: 130 });
  });
});

describe('a database that is not there', () => {
  it('is named without its password, and the exit code is 3', async () => {
    const { code, out, err } = await run(['verify'], { env: { DATABASE_URL: 'postgres://me:hush@127.0.0.1:1/shop' } });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toBe(
      'error: The database 127.0.0.1:1/shop cannot be reached: connect ECONNREFUSED 127.0.0.1:1. Check that it is up and that DATABASE_URL is right, its password too.\n',
    );
  });

  it('keeps no connection open that asks for a password in vain', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const { port } = server.address() as AddressInfo;
    const ran = run(['verify'], { env: { DATABASE_URL: `postgres://me@127.0.0.1:${port}/shop` } });
    const [socket] = await connected;
    const closed = once(socket, 'close');
    try {
      // As Postgres does: it names how to log in, challenges whoever wants to, and waits.
      for (const said of [authentication(10, 'SCRAM-SHA-256\0\0'), authentication(11, 'r=1,s=YQ==,i=4096')]) {
        await once(socket, 'data');
        socket.write(said);
      }
      const { code, err } = await ran;
      expect(code).toBe(3);
      expect(err).toContain(
        'password must be a string. Check that it is up and that DATABASE_URL is right, its password',
      );
      socket.resume();
      await closed;
    } finally {
      socket.destroy();
      server.close();
    }
  });
});

/** A message of Postgres about authentication: https://www.postgresql.org/docs/current/protocol-message-formats.html */
function authentication(kind: number, rest: string): Buffer {
  const message = Buffer.concat([Buffer.alloc(9), Buffer.from(rest)]);
  message.write('R');
  message.writeInt32BE(message.length - 1, 1);
  message.writeInt32BE(kind, 5);
  return message;
}
