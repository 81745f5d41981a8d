/** Encrypts a text under a key of 32 bytes. */
export interface FieldCipher {
  /**
   * A text of letters, digits, `-` and `_` that only this key opens, and only together with the same context; another one
   * each time. The context itself is not in it.
   */
  encrypt(key: Uint8Array, text: string, context: string): string;

  /** The text; null where it was not made under this key and in this context. Never throws for that. */
  decrypt(key: Uint8Array, encrypted: string, context: string): string | null;
}
