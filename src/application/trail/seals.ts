import * as z from 'zod';
import { fieldSeparator } from './hashInput.ts';
import type { Seal } from '../ports/sealSink.ts';
import type { Finding } from './trailProblem.ts';

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

/** A seal as a line of a file, without its line feed: always in this one spelling. */
export function toSealLine(seal: Seal): string {
  const { format, trail, position, hash, sealedAt, keyId, signature } = seal;
  return JSON.stringify({ format, trail, position, hash, sealedAt, keyId, signature });
}

/** The seal of this trail in such a line; or what is wrong with it. */
export function parseSealLine(line: string, trail: string): Seal | Finding {
  const value = parseJson(line);
  const seal = parseSeal(value);
  if (seal === undefined || toSealLine(seal) !== line) return notASeal(value, line);
  if (seal.trail === trail) return seal;
  return { position: seal.position, problem: 'sealOfAnotherTrail', expected: trail, actual: seal.trail };
}

/** At the position that it names, if it names one. */
export function notASeal(value: unknown, text: string): Finding {
  const named = typeof value === 'object' && value !== null && 'position' in value ? value.position : 0;
  const position = typeof named === 'number' && Number.isSafeInteger(named) ? named : 0;
  return { position, problem: 'sealInvalid', expected: 'a seal', actual: text };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
