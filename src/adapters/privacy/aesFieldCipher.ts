import type { FieldCipher } from '../../application/ports/fieldCipher.ts';
import { seal, unseal } from './aesGcm.ts';

/** AES-256-GCM with a random nonce of 96 bits, by `node:crypto`. */
export const aesFieldCipher: FieldCipher = {
  encrypt: (key, text, context) => seal(key, Buffer.from(text, 'utf8'), context),
  decrypt: (key, encrypted, context) => unseal(key, encrypted, context)?.toString('utf8') ?? null,
};
