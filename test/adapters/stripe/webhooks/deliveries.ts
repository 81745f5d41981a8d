import { createHmac } from 'node:crypto';
import type { WebhookDelivery } from '../../../../src/adapters/stripe/index.ts';
import { stripePaymentMethod } from '../samples.ts';

export const secret = 'whsec_CANARY0123456789';
/** The second at which deliveries are made here, unless said otherwise. */
export const signedAt = 1_762_799_343;
const at = (seconds: number) => new Date(seconds * 1000);

/** An event of the kind Stripe sends at 2025-10-29.clover. */
export function stripeEvent(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: 'evt_1',
    object: 'event',
    api_version: '2025-10-29.clover',
    created: signedAt,
    data: { object: stripePaymentMethod() },
    livemode: false,
    pending_webhooks: 1,
    request: { id: 'req_1', idempotency_key: 'attach-1' },
    type: 'payment_method.attached',
    ...changes,
  };
}

export function signatureOf(body: string | Uint8Array, withSecret = secret, timestamp = String(signedAt)): string {
  return createHmac('sha256', withSecret).update(`${timestamp}.`).update(body).digest('hex');
}

/** As Stripe writes it: indented by two spaces. */
export function bodyOf(event: unknown = stripeEvent()): Buffer {
  return Buffer.from(JSON.stringify(event, null, 2));
}

/** A delivery as Stripe makes it, arrived this many seconds after it was signed. */
export function aDelivery(
  event: unknown = stripeEvent(),
  changes: Partial<WebhookDelivery> = {},
  ageSeconds = 0,
): WebhookDelivery {
  const rawBody = bodyOf(event);
  const signature = `t=${signedAt},v1=${signatureOf(rawBody)}`;
  return { rawBody, signature, secrets: [secret], now: at(signedAt + ageSeconds), ...changes };
}
