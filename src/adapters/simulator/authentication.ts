import { failures } from './failures.ts';

/** Which keys an account takes. */
export type KeyRules = {
  /** the only keys that are good; any `sk_test_…` or `rk_test_…` where absent */
  readonly apiKeys?: readonly string[] | undefined;
  /** keys that may read and not write */
  readonly readOnlyApiKeys?: readonly string[] | undefined;
  readonly accountId: string;
};

const testKey = /^(?:sk|rk)_test_\S+$/;

/** The key of a request, by Bearer or Basic (https://docs.stripe.com/api/authentication), if it is good. */
export function authenticate(authorization: string | undefined, rules: KeyRules): string {
  const key = keyIn(authorization);
  if (key === undefined) throw failures.noApiKey();
  const good =
    rules.apiKeys === undefined
      ? testKey.test(key)
      : [...rules.apiKeys, ...(rules.readOnlyApiKeys ?? [])].includes(key);
  if (!good) throw failures.invalidApiKey(masked(key));
  return key;
}

/** Refuses to write with a key that may only read. */
export function authorize(key: string, method: string, permission: string, rules: KeyRules): void {
  if (method === 'GET' || rules.readOnlyApiKeys?.includes(key) !== true) return;
  throw failures.notPermitted(masked(key), rules.accountId, `rak_${permission}_write`);
}

function keyIn(authorization: string | undefined): string | undefined {
  const [scheme = '', credentials = ''] = (authorization ?? '').trim().split(/\s+/);
  if (scheme.toLowerCase() === 'bearer') return credentials === '' ? undefined : credentials;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const user = decodedBase64(credentials).split(':')[0] ?? '';
  return user === '' ? undefined : user;
}

function decodedBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}

function masked(key: string): string {
  const prefix = /^(?:sk|rk|pk)_(?:test|live)_/.exec(key)?.[0] ?? '';
  return key.length >= prefix.length + 8 ? `${prefix}****${key.slice(-4)}` : `${prefix}****`;
}
