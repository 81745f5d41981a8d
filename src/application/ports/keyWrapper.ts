/** A key as it is stored: encrypted under a master key, which is named and stays elsewhere. */
export type WrappedKey = { readonly masterKeyId: string; readonly wrapped: string };

/**
 * Keeps keys safe where they are stored, by a master key that is not: the host's own, or one in a KMS. The context ties a
 * wrapped key to its place, so that it opens in no other. What it throws besides `KEY_UNREADABLE`, and that it answers too
 * late, is taken for a fault that passes.
 */
export interface KeyWrapper {
  /** The master key that new keys are wrapped with. */
  readonly masterKeyId: string;

  /** 32 bytes from a source fit for keys. */
  makeKey(): Uint8Array;

  /** The key under the present master key, whose `masterKeyId` it names, as `unwrap` opens it in this context. */
  wrap(key: Uint8Array, context: string): Promise<WrappedKey>;

  /** The key. Throws `KEY_UNREADABLE` where the master key is not there, or is another. */
  unwrap(wrapped: WrappedKey, context: string): Promise<Uint8Array>;
}
