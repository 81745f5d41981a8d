/** An encrypted field as it stands in `data`. */
export type Encrypted = { readonly encrypted: string; readonly keyId: string };

/** As it stands in every event that holds an encrypted field. */
const spelled = '{"encrypted":"';

/** True where the data may hold an encrypted field: quickly seen, and never false where it does. */
export function mayHoldEncrypted(data: string): boolean {
  return data.includes(spelled);
}

/** The data of an event with `redacted` in place of each ciphertext. */
export function withRedacted(data: unknown): unknown {
  return changeEncrypted(data, () => 'redacted');
}

/** The data with each ciphertext changed, wherever it stands: an older version of an event has its fields elsewhere. */
export function changeEncrypted(
  data: unknown,
  change: (found: Encrypted, path: string) => unknown,
  path = '',
): unknown {
  if (typeof data !== 'object' || data === null) return data;
  const within = (name: string, value: unknown) =>
    changeEncrypted(value, change, path === '' ? name : `${path}.${name}`);
  if (Array.isArray(data)) return data.map((item, index) => within(String(index), item));
  if ('encrypted' in data && typeof data.encrypted === 'string') {
    const keyId = 'key' in data && typeof data.key === 'string' ? data.key : '';
    return change({ encrypted: data.encrypted, keyId }, path);
  }
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, within(name, value)]));
}
