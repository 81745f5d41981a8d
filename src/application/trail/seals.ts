import { z } from 'zod';
import { fieldSeparator } from './hashInput.ts';
import type { Seal } from '../ports/sealSink.ts';

export const sealFormat = 'attach-payment-method/seal/1';

const sealSchema = z.strictObject({
  format: z.literal(sealFormat),
  trail: z.string().regex(/^[A-Za-z0-9._:-]{1,200}$/),
  position: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  sealedAt: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  keyId: z.string().regex(/^[A-Za-z0-9._:/-]{1,200}$/),
  // In one spelling only, so that no change to it goes unseen.
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});

/** The seal, if it is one: no field missing, strange or added. */
export function parseSeal(value: unknown): Seal | undefined {
  return sealSchema.safeParse(value).data;
}

/** The text whose UTF-8 bytes are signed: six fields joined by U+001F, which none of them can contain. */
export function sealInput(seal: Omit<Seal, 'signature'>): string {
  return [seal.format, seal.trail, seal.position, seal.hash, seal.sealedAt, seal.keyId].join(fieldSeparator);
}
