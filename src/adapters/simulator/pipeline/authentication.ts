import { requestFailures } from '../wire/requestFailures.ts';

/** Which keys an account takes. */
export type KeyRules = {
  /** the only keys that are good; any `sk_…` or `rk_…`, of test mode or live mode, where absent */
  readonly apiKeys?: readonly string[] | undefined;
  /** keys that may read and not write */
  readonly readOnlyApiKeys?: readonly string[] | undefined;
  /** keys that were good once */
  readonly expiredApiKeys?: readonly string[] | undefined;
  readonly accountId: string;
};

const secretKey = /^(?:sk|rk)_(?:test|live)_\S+$/;
const publishableKey = /^pk_(?:test|live)_/;
const prefix = /^(?:sk|rk|pk)_(?:test|live)_/;

/** Refuses a request whose API key is not good, and answers the key of one that is. */
export function authenticate(authorization: string | undefined, rules: KeyRules): string {
  const key = apiKeyIn(authorization);
  if (key === undefined) throw requestFailures.noApiKey();
  const { apiKeys, readOnlyApiKeys = [], expiredApiKeys = [] } = rules;
  if (expiredApiKeys.includes(key)) throw requestFailures.expiredApiKey(masked(key));
  if (publishableKey.test(key)) throw requestFailures.publishableKey();
  const isGood = apiKeys === undefined ? secretKey.test(key) : [...apiKeys, ...readOnlyApiKeys].includes(key);
  if (!isGood) throw requestFailures.invalidApiKey(masked(key));
  return key;
}

/** Refuses to write with a key that may only read. */
export function authorize(key: string, method: string, permission: string, rules: KeyRules): void {
  if (method === 'GET' || rules.readOnlyApiKeys?.includes(key) !== true) return;
  throw requestFailures.notPermitted(masked(key, '***'), rules.accountId, `rak_${permission}_write`);
}

/** The key of a request, by Bearer or Basic (https://docs.stripe.com/api/authentication). */
export function apiKeyIn(authorization: string | undefined): string | undefined {
  const [scheme = '', credentials = ''] = (authorization ?? '').trim().split(/\s+/);
  if (scheme.toLowerCase() === 'bearer') return credentials === '' ? undefined : credentials;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const user = decodedBase64(credentials).split(':')[0] ?? '';
  return user === '' ? undefined : user;
}

/** Whether a key is one of live mode. */
export function isLiveKey(key: string | undefined): boolean {
  return key !== undefined && key.slice(2).startsWith('_live_');
}

/** As much of a key as may be shown. */
export function masked(key: string, stars = '****'): string {
  const shown = prefix.exec(key)?.[0] ?? '';
  return key.length >= shown.length + 8 ? `${shown}${stars}${key.slice(-4)}` : `${shown}${stars}`;
}

function decodedBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}
