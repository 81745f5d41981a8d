import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import * as testing from '../../src/testing/index.ts';
import { defaultRecoveryPolicy, defaultRetryPolicy, defaultSweepPolicy } from '../../src/index.ts';

const textOf = (path: string) => readFile(path, 'utf8');

/** The literals of a union type, as its source lists them, one to a line. */
async function literalsOf(path: string, type: string): Promise<readonly string[]> {
  const [, body = ''] = new RegExp(`export type ${type} =\\n((?:  .*\\n)+)`).exec(await textOf(path)) ?? [];
  const literals = [...body.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, literal = '']) => literal);
  expect(literals.length, `${type} in ${path}`).toBeGreaterThan(2);
  return literals;
}

/** The properties of an exported type, as its source lists them. */
async function propertiesOf(path: string, type: string): Promise<readonly string[]> {
  const [, body = ''] = new RegExp(`export type ${type} = \\{\\n([^]*?)\\n\\};`).exec(await textOf(path)) ?? [];
  const names = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = '']) => name);
  expect(names.length, `${type} in ${path}`).toBeGreaterThan(2);
  return names;
}

async function missingIn(page: string, names: readonly string[]): Promise<readonly string[]> {
  const text = await textOf(page);
  return names.filter((name) => !text.includes(`\`${name}\``) && !text.includes(`.${name}\``));
}

describe('a page names all that the code has', () => {
  it('docs/events.md: every type of event', async () => {
    const types = (await readdir('test/application/events/golden')).map((name) => name.split('.')[0] ?? '');
    expect(types.length).toBeGreaterThan(20);
    expect(await missingIn('docs/events.md', types)).toEqual([]);
  });

  it.each([
    ['docs/gateway.md', 'src/domain/evidence.ts', 'UnknownCause'],
    ['docs/events.md', 'src/domain/evidence.ts', 'UnknownCause'],
    ['docs/events.md', 'src/domain/paymentMethodEvents.ts', 'RejectionReason'],
    ['docs/recovery.md', 'src/domain/sweeps.ts', 'Disagreement'],
    ['docs/recovery.md', 'src/application/recovery/recoveryReport.ts', 'SettledOutcome'],
    ['docs/seals.md', 'src/application/trail/trailProblem.ts', 'TrailProblem'],
  ])('%s: all of %s, %s', async (page, path, type) => {
    expect(await missingIn(page, await literalsOf(path, type))).toEqual([]);
  });

  it.each([
    ['docs/gateway.md', 'src/adapters/stripe/options.ts', 'StripeGatewayOptions'],
    ['docs/recovery.md', 'src/application/recovery/recoveryReport.ts', 'RecoveryReport'],
    ['docs/recovery.md', 'src/application/sweep/sweepReport.ts', 'SweepReport'],
    ['docs/recovery.md', 'src/application/recovery/recoveryPolicy.ts', 'RecoveryPolicy'],
    ['docs/recovery.md', 'src/application/sweep/sweepPolicy.ts', 'SweepPolicy'],
  ])('%s: every property of %s, %s', async (page, path, type) => {
    expect(await missingIn(page, await propertiesOf(path, type))).toEqual([]);
  });
});

it('docs/testing.md names all that attach-payment-method/testing exports, but the simulator’s own', async () => {
  const text = await textOf('docs/testing.md');
  const names = Object.keys(testing).filter((name) => name !== 'StripeAccount');
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});

it('docs/gateway.md says what each method of the port asks', async () => {
  const port = await textOf('src/application/ports/paymentMethodGateway.ts');
  const methods = [...port.matchAll(/^ {2}(\w+)\(/gm)].map(([, method = '']) => method);
  expect(methods.length).toBeGreaterThan(7);
  const page = await textOf('docs/gateway.md');
  expect(methods.filter((method) => !page.includes(`| \`${method}\` | `))).toEqual([]);
});

it('docs/recovery.md gives the defaults that the code has', async () => {
  const text = await textOf('docs/recovery.md');
  const spelled = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
  for (const [name, value] of [
    ['retryPolicy.inProgressMs', defaultRetryPolicy.inProgressMs],
    ['recovery.leaseMs', defaultRecoveryPolicy.leaseMs],
    ['recovery.concurrency', defaultRecoveryPolicy.concurrency],
    ['recovery.longestPauseMs', defaultRecoveryPolicy.longestPauseMs],
    ['sweep.requestsPerSecond', defaultSweepPolicy.requestsPerSecond],
    ['sweep.customersPerPass', defaultSweepPolicy.customersPerPass],
    ['sweep.overlapMs', defaultSweepPolicy.overlapMs],
    ['sweep.leaseMs', defaultSweepPolicy.leaseMs],
  ] as const) {
    expect(text, name).toMatch(new RegExp(`\\\`${name}\\\` \\| ${spelled(value)} \\|`));
  }
});

it('typedoc.json has an entry point for each subpath that the package exports', async () => {
  const { entryPoints } = JSON.parse(await textOf('typedoc.json')) as { entryPoints: readonly string[] };
  const { exports } = JSON.parse(await textOf('package.json')) as { exports: Record<string, unknown> };
  const sources = Object.values(exports)
    .flatMap((entry) => (typeof entry === 'object' && entry !== null && 'types' in entry ? String(entry.types) : []))
    .map((path) => path.replace('./dist/', 'src/').replace('.d.ts', '.ts'));
  expect(sources.length).toBeGreaterThan(5);
  expect([...entryPoints].sort()).toEqual(sources.sort());
});
