import type { Dispatcher } from 'undici';
import type { Observer } from '../../application/ports/observer.ts';
import { isAccountId } from '../../domain/identifiers.ts';
import { misconfigured } from './faults.ts';
import type { Reads } from './objects/paymentMethod.ts';
import type { Timers } from './transport/deadline.ts';
import { systemTimers } from './transport/deadline.ts';

/** How to reach Stripe. Only `apiKey` is needed. */
export type StripeGatewayOptions = {
  /** A secret or restricted key, or where to get it: asked once per call, so that a key can be rolled. */
  readonly apiKey: string | (() => string | Promise<string>);
  /** How the key is sent: `bearer` if absent, or `basic` (the key as user name, no password). */
  readonly auth?: 'bearer' | 'basic' | undefined;
  /** The Stripe API version of new requests; `2025-10-29.clover` if absent. */
  readonly apiVersion?: string | undefined;
  /** Another origin than `https://api.stripe.com`; http only for a loopback host. */
  readonly baseUrl?: string | undefined;
  /** The connected account to act for (`acct_…`), sent as `Stripe-Account`. */
  readonly account?: string | undefined;
  /** The context to act in (`acct_…/acct_…`), sent as `Stripe-Context`. Not together with `account`. */
  readonly context?: string | undefined;
  /** Milliseconds for a whole call: key, connection, headers, body and every retry; 20 000 if absent. */
  readonly deadlineMs?: number | undefined;
  /** How often one call may ask, 1 to 10; 3 if absent. */
  readonly maxTries?: number | undefined;
  /** How many connections to keep; 64 if absent. Not used with a `dispatcher`. */
  readonly connections?: number | undefined;
  /** A dispatcher of the host's, for example a `ProxyAgent`, of undici 7 or later. It is the host's to close. */
  readonly dispatcher?: Dispatcher | undefined;
  /** A number from 0 up to 1, for the jitter of retries; `Math.random` if absent. */
  readonly random?: (() => number) | undefined;
  /** Reads billing details too, for an event store that encrypts them: without one they are left out. False if absent. */
  readonly billingDetails?: boolean | undefined;
  /** What the deadline and the waits between tries run by, so that a simulation can own time; the machine's if absent. */
  readonly timers?: Timers | undefined;
  /** Watches each request, retries included. */
  readonly observer?: Pick<Observer, 'stripeRequest'> | undefined;
};

/** Options that have been checked. */
export type Settings = {
  readonly apiKey: StripeGatewayOptions['apiKey'];
  readonly auth: 'bearer' | 'basic';
  /** of every request; null where the key is asked for each time */
  readonly authorization: string | null;
  readonly apiVersion: string;
  readonly origin: string;
  /** of every request, names and values in turn: `User-Agent`, and `Stripe-Account` or `Stripe-Context` where one is set */
  readonly headers: readonly string[];
  readonly deadlineMs: number;
  readonly maxTries: number;
  readonly connections: number;
  readonly dispatcher: Dispatcher | null;
  readonly random: () => number;
  readonly timers: Timers;
  readonly observer: Pick<Observer, 'stripeRequest'> | undefined;
  readonly reads: Reads;
};

// The longest that a Node timer takes; a longer one would fire at once.
const maxDeadlineMs = 2_147_483_647;

const headerTextPattern = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;
const keyPattern = /^[\x21-\x7e]{1,500}$/;
const contextPattern = /^[A-Za-z0-9_/]{1,500}$/;
const loopbackPattern = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const known: Readonly<Record<keyof StripeGatewayOptions, true>> = {
  apiKey: true,
  auth: true,
  apiVersion: true,
  baseUrl: true,
  account: true,
  context: true,
  deadlineMs: true,
  maxTries: true,
  connections: true,
  dispatcher: true,
  random: true,
  billingDetails: true,
  timers: true,
  observer: true,
};

/** Options with their defaults. Throws `GATEWAY_MISCONFIGURED`. */
export function checkOptions(options: StripeGatewayOptions): Settings {
  checkNames(options);
  const { apiKey } = options;
  const auth = checkAuth(options.auth ?? 'bearer');
  return {
    apiKey,
    auth,
    authorization: typeof apiKey === 'function' ? null : authorizationOf(auth, checkKey(apiKey)),
    apiVersion: checkHeaderText('apiVersion', options.apiVersion ?? '2025-10-29.clover'),
    origin: checkOrigin(options.baseUrl ?? 'https://api.stripe.com'),
    headers: ['user-agent', 'attach-payment-method', ...checkRouting(options)],
    deadlineMs: checkInteger('deadlineMs', options.deadlineMs ?? 20_000, maxDeadlineMs),
    maxTries: checkInteger('maxTries', options.maxTries ?? 3, 10),
    connections: checkInteger('connections', options.connections ?? 64, 10_000),
    dispatcher: options.dispatcher ?? null,
    random: options.random ?? Math.random,
    timers: options.timers ?? systemTimers,
    observer: options.observer,
    reads: { billingDetails: options.billingDetails ?? false },
  };
}

/** Throws `GATEWAY_MISCONFIGURED`: a `baseurl` would have its host talk to Stripe itself. */
export function checkNames(options: object): void {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const unknown = given.map(([name]) => name).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length === 0) return;
  const names = Object.keys(known).join(', ');
  throw misconfigured(`There is no option ${unknown.join(', ')}. The options are ${names}.`);
}

/** The key itself, if it can be sent. Throws `GATEWAY_MISCONFIGURED`, never with the key in it. */
export function checkKey(key: unknown): string {
  if (typeof key === 'string' && key.startsWith('pk_')) {
    throw misconfigured(
      'apiKey is a publishable key (pk_…), which is for front ends and may do nothing asked for here. Give a secret or ' +
        'restricted key (sk_… or rk_…).',
    );
  }
  if (typeof key === 'string' && keyPattern.test(key)) return key;
  const found = typeof key === 'string' && key !== '' ? 'holds characters that no key has' : 'is missing or empty';
  throw misconfigured(
    `apiKey ${found}. Give a secret or restricted key (sk_… or rk_…), or a function that returns one.`,
  );
}

/** https://docs.stripe.com/api/authentication */
export function authorizationOf(auth: Settings['auth'], key: string): string {
  return auth === 'bearer' ? `Bearer ${key}` : `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
}

/** A text that can stand in a header. Throws `GATEWAY_MISCONFIGURED`. */
export function checkHeaderText(name: string, text: string): string {
  if (headerTextPattern.test(text)) return text;
  throw misconfigured(`${name} must be 1 to 255 printable ASCII characters; nothing was sent.`);
}

function checkOrigin(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url === null || url.href !== `${url.origin}/`) {
    throw misconfigured(
      'baseUrl must be an origin such as https://api.stripe.com, with no path, query or credentials.',
    );
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopbackPattern.test(url.hostname))) return url.origin;
  throw misconfigured(
    `baseUrl is ${url.origin}, where the API key would cross the network in the clear. Use https; http is accepted only ` +
      'for a loopback host (localhost, 127.0.0.1, [::1]).',
  );
}

function checkRouting({ account, context }: StripeGatewayOptions): readonly string[] {
  if (account !== undefined && context !== undefined) {
    throw misconfigured(
      'account and context are both given. Stripe-Account and Stripe-Context exclude each other; give one.',
    );
  }
  if (account !== undefined) {
    if (!isAccountId(account)) throw misconfigured('account must be the id of a connected account (acct_…).');
    return ['stripe-account', account];
  }
  if (context === undefined) return [];
  if (!contextPattern.test(context)) throw misconfigured('context must be a path of account ids (acct_…/acct_…).');
  return ['stripe-context', context];
}

function checkAuth(auth: string): Settings['auth'] {
  if (auth === 'bearer' || auth === 'basic') return auth;
  throw misconfigured("auth must be 'bearer' or 'basic'.");
}

function checkInteger(name: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw misconfigured(`${name} is ${String(value)}; it must be a whole number from 1 to ${String(max)}.`);
}
