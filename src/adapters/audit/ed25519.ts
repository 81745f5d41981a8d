import type { KeyObject } from 'node:crypto';
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import type { IsSigned } from '../../application/trail/checkSeals.ts';
import { PaymentMethodsError } from '../../application/errors.ts';
import type { SealSigner } from '../../application/ports/sealSigner.ts';

const verifyBytes = promisify(verify);

/**
 * Signs with a private key in PEM (PKCS #8). The key id is `keyIdOf` its public key, or the host's own. Throws
 * `INVALID_OPTIONS` when it is not an Ed25519 key.
 */
export function ed25519Signer(
  privateKeyPem: string,
  { keyId }: { readonly keyId?: string | undefined } = {},
): SealSigner {
  const privateKey = readKey(() => createPrivateKey(privateKeyPem), 'a private key');
  return {
    keyId: keyId ?? idOf(createPublicKey(privateKey)),
    sign: async (bytes) => sign(null, bytes, privateKey),
  };
}

/** A key's own name: the first 16 hex digits of the SHA-256 of its 32 bytes. Throws `INVALID_OPTIONS`. */
export function keyIdOf(publicKeyPem: string): string {
  return idOf(readPublicKey(publicKeyPem));
}

/** An `IsSigned` that reads each key once. It throws `INVALID_OPTIONS` when a PEM text is no Ed25519 public key. */
export function signatureChecker(): IsSigned {
  const keys = new Map<string, KeyObject>();
  return (text, signature, publicKeyPem) => {
    const key = keys.get(publicKeyPem) ?? readPublicKey(publicKeyPem);
    keys.set(publicKeyPem, key);
    return verifyBytes(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'hex'));
  };
}

function readPublicKey(pem: string): KeyObject {
  return readKey(() => createPublicKey(pem), 'a public key');
}

function readKey(read: () => KeyObject, what: string): KeyObject {
  let cause: unknown;
  try {
    const key = read();
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    cause = error;
  }
  throw new PaymentMethodsError('INVALID_OPTIONS', `A seal is signed with Ed25519; this is not ${what} of it in PEM.`, {
    cause,
  });
}

function idOf(publicKey: KeyObject): string {
  // The key's bytes end its SPKI form, whose beginning is the same for every Ed25519 key.
  const bytes = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
