import { createHmac } from 'node:crypto';

/** What a signature is made of. */
export type Signed = {
  /** one while only one is good, more while a secret is being rolled */
  readonly secrets: readonly string[];
  /** unix seconds */
  readonly timestamp: number;
  /** the bytes that are sent, as text */
  readonly body: string;
};

/**
 * The `Stripe-Signature` of a webhook: `t=<timestamp>`, and a `v1` for each secret
 * (https://docs.stripe.com/webhooks#verify-manually).
 */
export function signatureHeader({ secrets, timestamp, body }: Signed): string {
  const message = `${timestamp}.${body}`;
  return [`t=${timestamp}`, ...secrets.map((secret) => `v1=${hmac(secret, message)}`)].join(',');
}

function hmac(secret: string, message: string): string {
  return createHmac('sha256', secret).update(message, 'utf8').digest('hex');
}
