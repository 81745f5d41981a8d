import { randomBytes } from 'node:crypto';
import { PaymentMethodsError } from '../../application/errors.ts';
import type { KeyWrapper, WrappedKey } from '../../application/ports/keyWrapper.ts';
import { keyBytes, seal, unseal } from './aesGcm.ts';

/** The master keys, and which of them wraps new keys. */
export type AesKeyWrapperOptions = {
  /** Master keys of 32 bytes under the ids that are stored beside what they wrap. Keep an old one until nothing needs it. */
  readonly masterKeys: Readonly<Record<string, Uint8Array>>;
  /** The id of the one that new keys are wrapped with. */
  readonly current: string;
};

const idPattern = /^[A-Za-z0-9._:-]{1,100}$/;

/** Wraps keys by AES-256-GCM under master keys that the host holds. */
export class AesKeyWrapper implements KeyWrapper {
  readonly masterKeyId: string;
  readonly #masterKeys: ReadonlyMap<string, Uint8Array>;

  /** Throws `INVALID_OPTIONS`, never with a key in it. */
  constructor({ masterKeys, current }: AesKeyWrapperOptions) {
    this.#masterKeys = new Map(Object.entries(masterKeys).map(([id, key]) => [id, Uint8Array.from(key)]));
    for (const [id, key] of this.#masterKeys) {
      if (!idPattern.test(id)) throw misfit('a master key id must be 1 to 100 letters, digits or any of . _ : -');
      if (key.length !== keyBytes) throw misfit(`master key ${id} must be ${keyBytes} bytes; it is ${key.length}`);
    }
    if (!this.#masterKeys.has(current)) throw misfit('current must be the id of one of the master keys');
    this.masterKeyId = current;
  }

  makeKey(): Uint8Array {
    return randomBytes(keyBytes);
  }

  async wrap(key: Uint8Array, context: string): Promise<WrappedKey> {
    const { masterKeyId } = this;
    return { masterKeyId, wrapped: seal(this.#masterKey(masterKeyId), key, context) };
  }

  async unwrap({ masterKeyId, wrapped }: WrappedKey, context: string): Promise<Uint8Array> {
    const key = unseal(this.#masterKey(masterKeyId), wrapped, context);
    if (key === null) throw unreadable(masterKeyId, 'is not the one that a key was wrapped with, here');
    return key;
  }

  #masterKey(id: string): Uint8Array {
    const key = this.#masterKeys.get(id);
    if (key === undefined) throw unreadable(id, 'is not among those given');
    return key;
  }
}

function unreadable(masterKeyId: string, problem: string): PaymentMethodsError {
  return new PaymentMethodsError(
    'KEY_UNREADABLE',
    `Master key ${masterKeyId} ${problem}. Give the master keys that were in use.`,
    {
      details: { masterKeyId },
    },
  );
}

function misfit(problem: string): PaymentMethodsError {
  return new PaymentMethodsError('INVALID_OPTIONS', `AesKeyWrapper: ${problem}.`);
}
