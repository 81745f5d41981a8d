/** Holds an Ed25519 private key, or reaches one that is held elsewhere, such as in a KMS. */
export interface SealSigner {
  /** Names the key, for as long as seals made with it are verified: 1 to 200 letters, digits or any of `. _ : / -`. */
  readonly keyId: string;

  /** The 64 bytes of the Ed25519 signature (RFC 8032, without a prehash) over these bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
