import { afterEach, expect } from 'vitest';
import type { Simulator, SimulatorOptions, StripeAccountOptions } from '../../../src/adapters/simulator/index.ts';
import { StripeAccount, startSimulator } from '../../../src/adapters/simulator/index.ts';

const noon = Date.UTC(2025, 10, 10, 12, 0, 0);
export const apiKey = 'sk_test_4eC39HqLyjWDarjtT1zdp7dc';

/** A test account whose clock and chance the test owns. */
export function anyAccount(options: StripeAccountOptions = {}) {
  const clock = { ms: noon };
  let seed = 7;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const account = new StripeAccount({ now: () => clock.ms, random, ...options });
  return { account, clock };
}

export type Asked = {
  readonly key?: string;
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export function post(path: string, body: string, asked: Asked = {}) {
  return { method: 'POST', path: `/v1/${path}`, body, headers: headersFor(asked) };
}

export function get(path: string, query = '', asked: Asked = {}) {
  return { method: 'GET', path: `/v1/${path}`, query, headers: headersFor(asked) };
}

function headersFor({ key, version, headers }: Asked): Record<string, string> {
  return {
    authorization: `Bearer ${apiKey}`,
    'content-type': 'application/x-www-form-urlencoded',
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...(version === undefined ? {} : { 'stripe-version': version }),
    ...headers,
  };
}

type Shown = Record<string, unknown>;

/** The object of a response. */
export function objectIn({ body }: { readonly body: string }): Shown {
  return JSON.parse(body) as Shown;
}

/** The error of a response. */
export function errorIn({ body }: { readonly body: string }): Shown {
  return (JSON.parse(body) as { error: Shown }).error;
}

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** A simulator that ends with the test. */
export async function anySimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  running.push(simulator);
  return simulator;
}

/** Sends a request to a simulator over HTTP. */
export function send(
  { url }: Simulator,
  { method, path, body, headers }: ReturnType<typeof post>,
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${url}${path}`, { method, headers, body, ...(signal === undefined ? {} : { signal }) });
}

/** The objects of a list. */
export function dataIn({ body }: { readonly body: string }): readonly Shown[] {
  return (JSON.parse(body) as { data: readonly Shown[] }).data;
}

/** The types of an account's events, the oldest first. */
export function eventTypesOf(account: StripeAccount, asked: Asked = {}): readonly unknown[] {
  return dataIn(account.handle(get('events', 'limit=100', asked)))
    .map(({ type }) => type)
    .toReversed();
}

/** What becomes true in a while, however busy the machine is. */
export const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 10_000, interval: 5 });

/** Waits until every scripted fault has met its request: the request has arrived. */
export async function faultsMet({ faults }: StripeAccount): Promise<void> {
  await eventually(() => faults.waiting.length).toBe(0);
}
