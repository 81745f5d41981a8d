import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

// The tests of these examples run as tests of this suite.
import '../../examples/03-fake-gateway.test.ts';
import '../../examples/14-contracts.test.ts';
import '../../examples/18-webhook-route.test.ts';
import '../../examples/19-container.test.ts';

const runNode = promisify(execFile);
const snippetsProgram = fileURLToPath(new URL('../support/snippets.mjs', import.meta.url));
const timeout = 30_000;

describe('an example prints what it says, with no set-up', () => {
  it.each([
    ['01-attach', ['attached visa 4242']],
    ['02-inversify', ['pm_1MqM05LkdIwHu7ixlDxxO6Mc attached', 'pm_1 attached']],
    [
      '04-replay',
      [
        'attached',
        'outcomeUnknown -> attached',
        '1 paymentMethod-pm_1 AttachmentRequested user-7',
        '2 paymentMethod-pm_1 AttachmentOutcomeUnknown user-7',
        '3 paymentMethod-pm_1 PaymentMethodAttached support',
        'intact: 3 events',
      ],
    ],
    ['05-seals', ['sealed 2', 'intact: 2 events, sealed up to position 2', 'exported: 2 events']],
    ['06-webhooks-express', ['delivered 200', 'refused one', 'delivered 400', 'attached unattached']],
    ['07-webhooks-fastify', ['delivered 200', 'delivered 400', 'attached unattached']],
    ['08-read-models', ['pm_1 attached 4242 the default', 'pm_2 detached 4242 not the default', '9 of 9', 'visa 2']],
    [
      '09-reading',
      [
        '2 PaymentMethodAttached user-7',
        '3 DetachmentRequested user-8',
        '4 PaymentMethodDetached user-8',
        'attached',
        '{"paymentMethodId":"pm_1","change":"status","from":"attached","to":"detached"}',
        'PaymentMethodAttached',
        'PaymentMethodDetached',
        '4 true',
      ],
    ],
    [
      '10-monolith',
      [
        'order 1: ready',
        'order 2: needs another card',
        'order 3: needs another card',
        'ready: AttachmentRequested, PaymentMethodAttached',
        'needs another card: AttachmentRequested, AttachmentRejected',
        'needs another card: AttachmentRefused',
      ],
    ],
    ['11-own-read-model', ['up to position 6', 'pm_1 cus_1 4242', 'up to position 6', 'pm_1 cus_1 4242']],
    ['12-recovery', ['unknown', 'unknown', 'paymentMethod-pm_2 attached', 'attachmentMissed', 'attached', 'attached']],
    [
      '15-privacy',
      [
        'ana@example.com',
        'forgotten forgotten',
        'the trail is intact',
        'card.brand kept never encrypted',
        'card.last4 kept card',
        'card.expMonth kept card',
        'card.expYear kept card',
        'card.funding kept never encrypted',
        'card.country kept never encrypted',
        'card.fingerprint kept fingerprint',
        'card.wallet kept never encrypted',
        ...['name', 'email', 'phone'].map((field) => `billingDetails.${field} leftOut billingDetails`),
        ...['line1', 'line2', 'postalCode', 'city', 'state', 'country'].map(
          (field) => `billingDetails.address.${field} leftOut billingDetails`,
        ),
        '{ rewrapped: 0, unreadable: [] }',
      ],
    ],
    [
      '16-tamper',
      [
        'error: UPDATE on payment_trail.events is refused: the audit trail is append-only',
        'done',
        'done',
        'done',
        'changed at position 2: hashMismatch',
      ],
    ],
    [
      '17-embed',
      [
        '{"status":200,"body":{"saved":"pm_1MqM05LkdIwHu7ixlDxxO6Mc"}}',
        '{"status":422,"body":{"notSaved":"pm_card_chargeDeclined"}}',
      ],
    ],
  ])('%s', { timeout: timeout + 5_000 }, async (name, lines) => {
    const printed = await runNode(process.execPath, ['--import', 'tsx', `examples/${name}.ts`], { timeout });
    expect(printed).toEqual({ stdout: lines.map((line) => `${line}\n`).join(''), stderr: '' });
  });
});

it('the tests of an example pass in the test runner of Node as well', { timeout: timeout + 5_000 }, async () => {
  const args = ['--import', 'tsx', '--test', '--test-reporter=tap', 'examples/13-fake-gateway.node-test.ts'];
  const { stdout } = await runNode(process.execPath, args, { timeout });
  expect(stdout).toMatch(/^# pass 4$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
});

describe('the README', () => {
  it('and the pages under docs show the examples as they are', async () => {
    expect(await snippets('--check')).toEqual({ code: 0, stderr: '' });
  });

  it('is told by snippet and line where it differs, and is mended by a rewrite', async () => {
    const copy = await changedReadme((text) => text.replace("customer: 'cus_NbZ8Ki3f322LNn'", "customer: 'cus_Else'"));
    const { code, stderr } = await snippets('--check', copy);
    expect(code).toBe(1);
    expect(stderr).toContain('snippet examples/01-attach.ts#attach differs from its source');
    expect(stderr).toMatch(/\n- +customer: 'cus_Else',\n\+ +customer: 'cus_NbZ8Ki3f322LNn',\n\n/);
    expect(await readFile(copy, 'utf8')).toContain('cus_Else');
    expect((await snippets(copy)).code).toBe(0);
    expect(await snippets('--check', copy)).toEqual({ code: 0, stderr: '' });
  });

  it.each([
    ['code that no example backs', /<!-- snippet: \S+#replay -->\n/, '', 'stands above this code'],
    ['a region that is not there', '04-replay.ts#replay', '04-replay.ts#nowhere', '"// #region nowhere" 0 times'],
  ])('is refused with %s', async (_, from, to, message) => {
    const { code, stderr } = await snippets('--check', await changedReadme((text) => text.replace(from, to)));
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});

async function snippets(...args: string[]): Promise<{ code: number; stderr: string }> {
  try {
    const { stderr } = await runNode(process.execPath, [snippetsProgram, ...args], { timeout });
    return { code: 0, stderr };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'stderr' in error)) throw error;
    return { code: Number(error.code), stderr: String(error.stderr) };
  }
}

/** A copy of the README, changed, that is gone after the test. */
async function changedReadme(change: (text: string) => string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'readme-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const copy = join(folder, 'README.md');
  await writeFile(copy, change(await readFile('README.md', 'utf8')));
  return copy;
}
