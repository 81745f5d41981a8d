import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ed25519Signer, keyIdOf } from '../../../src/adapters/audit/index.ts';
import { aSealKey } from '../../support/sealing.ts';

describe('a key id', () => {
  it('is the first 16 hex digits of the SHA-256 of the public key’s 32 bytes', () => {
    const { publicKey, privateKey } = aSealKey();
    const { x = '' } = createPublicKey(publicKey).export({ format: 'jwk' });
    const bytes = Buffer.from(x, 'base64url');
    expect(bytes).toHaveLength(32);
    const keyId = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    expect(keyIdOf(publicKey)).toBe(keyId);
    expect(ed25519Signer(privateKey).keyId).toBe(keyId);
  });

  it('is the host’s own where the host names one', () => {
    expect(ed25519Signer(aSealKey().privateKey, { keyId: 'seals-2025' }).keyId).toBe('seals-2025');
  });
});

describe('a key of another kind is refused', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  it.each([
    ['an elliptic curve private key', () => ed25519Signer(privateKey)],
    ['an elliptic curve public key', () => keyIdOf(publicKey)],
    ['a public key to sign with', () => ed25519Signer(aSealKey().publicKey)],
    ['no PEM at all', () => ed25519Signer('secret')],
  ])('%s', (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
  });

  it('and what was given stays out of the message', () => {
    expect(() => ed25519Signer('secret')).not.toThrow(/secret/);
  });
});
