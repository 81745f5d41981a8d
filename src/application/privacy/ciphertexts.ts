/** An encrypted field as it stands in `data`. */
export type Ciphertext = { readonly encrypted: string; readonly key?: unknown };

/** As it stands in every event that holds an encrypted field. */
const spelled = '{"encrypted":"';

/** True where the data may hold an encrypted field: quickly seen, and never false where it does. */
export function mayHoldEncrypted(data: string): boolean {
  return data.includes(spelled);
}

/** For `JSON.parse`: `redacted` in place of each ciphertext, wherever it stands. */
export function redactEncrypted(_name: string, value: unknown): unknown {
  return isCiphertext(value) ? 'redacted' : value;
}

export function isCiphertext(value: unknown): value is Ciphertext {
  return typeof value === 'object' && value !== null && 'encrypted' in value && typeof value.encrypted === 'string';
}
