import { createHmac, timingSafeEqual } from 'node:crypto';

/** `Stripe-Signature`, taken apart: the instant as sent, and every v1 signature. */
type SignatureHeader = { readonly timestamp: string; readonly signatures: readonly Buffer[] };

// Room for many secrets being rolled at once, and a bound on what a stranger can make us compare.
const maxHeaderLength = 8_000;
const timestampPattern = /^(?:0|[1-9][0-9]{0,11})$/;
const v1Pattern = /^[0-9a-f]{64}$/;

/** The parts of the header; null when it is not of Stripe's form. Schemes other than v1 are passed over. */
export function parseSignature(header: string): SignatureHeader | null {
  if (header.length > maxHeaderLength) return null;
  let timestamp: string | null = null;
  const signatures: Buffer[] = [];
  for (const part of header.split(',')) {
    const split = part.indexOf('=');
    const name = part.slice(0, split);
    const value = part.slice(split + 1);
    if (name === 't') {
      if (timestamp !== null || !timestampPattern.test(value)) return null;
      timestamp = value;
    } else if (name === 'v1' && v1Pattern.test(value)) {
      signatures.push(Buffer.from(value, 'hex'));
    }
  }
  return timestamp === null ? null : { timestamp, signatures };
}

/** True when one of the signatures was made with this secret over this body at this instant. Takes constant time. */
export function isSignedWith(secret: string, { timestamp, signatures }: SignatureHeader, rawBody: Uint8Array): boolean {
  const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest();
  let isSigned = false;
  for (const signature of signatures) isSigned = timingSafeEqual(signature, expected) || isSigned;
  return isSigned;
}
