import { eventObject } from '../objects/eventObjects.ts';
import { viewOf } from '../objects/objects.ts';
import { render } from '../wire/json.ts';
import type { EventRecord, WebhookEndpointRecord } from '../world/records.ts';
import type { World } from '../world/world.ts';
import type { WebhookDelivery } from './plan.ts';
import { signatureHeader } from './signature.ts';

export type Sending = {
  readonly id: string;
  readonly event: EventRecord;
  /** where the event happened */
  readonly world: World;
  readonly endpoint: WebhookEndpointRecord;
  readonly attempt: number;
  readonly pendingWebhooks: number;
  /** of endpoints that have no version of their own */
  readonly apiVersion: string;
  /** unix milliseconds */
  readonly now: number;
};

/** A delivery as it leaves now, signed with every secret that is good now. */
export function deliveryOf({
  id,
  event,
  world,
  endpoint,
  attempt,
  pendingWebhooks,
  apiVersion,
  now,
}: Sending): WebhookDelivery {
  const view = viewOf({ version: endpoint.apiVersion ?? apiVersion, world });
  const account = endpoint.connect ? world.accountId : undefined;
  const body = render(eventObject(event, view, { pendingWebhooks, account }));
  const good = endpoint.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
  const secrets = good.map(({ secret }) => secret);
  const headers = headersOf(signatureHeader({ secrets, timestamp: Math.floor(now / 1000), body }));
  return { id, eventId: event.id, endpointId: endpoint.id, url: endpoint.url, attempt, headers, body };
}

function headersOf(signature: string): Readonly<Record<string, string>> {
  return {
    accept: '*/*; q=0.5, application/xml',
    'cache-control': 'no-cache',
    'content-type': 'application/json; charset=utf-8',
    'stripe-signature': signature,
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  };
}
