import type { Json, JsonObject } from '../wire/json.ts';
import { isObject } from '../wire/json.ts';
import type { EventRecord, Snapshot, WebhookEndpointRecord } from '../world/records.ts';
import { paymentIntentObject, setupIntentObject } from './intentObjects.ts';
import type { View } from './objects.ts';
import { customerObject, paymentMethodObject } from './objects.ts';

export type EventParts = {
  /** how many webhooks have not taken it yet */
  readonly pendingWebhooks: number;
  /** the connected account it happened in, for those who hear of several */
  readonly account?: string | undefined;
};

/** An Event (https://docs.stripe.com/api/events/object), its object as it was then, in the version of the view. */
export function eventObject(record: EventRecord, view: View, { pendingWebhooks, account }: EventParts): JsonObject {
  const object = snapshotObject(record.about, view);
  const before = record.before === null ? null : snapshotObject(record.before, view);
  return {
    id: record.id,
    object: 'event',
    ...(account === undefined ? {} : { account }),
    api_version: view.version,
    created: record.created,
    data: { object, ...(before === null ? {} : { previous_attributes: previousAttributes(before, object) }) },
    livemode: view.livemode,
    pending_webhooks: pendingWebhooks,
    request: { id: record.requestId, idempotency_key: record.idempotencyKey },
    type: record.type,
  };
}

/** The object of a record. */
function snapshotObject(snapshot: Snapshot, view: View): JsonObject {
  switch (snapshot.object) {
    case 'customer':
      return customerObject(snapshot.record, view);
    case 'payment_method':
      return paymentMethodObject(snapshot.record, view);
    case 'setup_intent':
      return setupIntentObject(snapshot.record, view);
    case 'payment_intent':
      return paymentIntentObject(snapshot.record, view);
    default:
      return snapshot satisfies never;
  }
}

/** A WebhookEndpoint (https://docs.stripe.com/api/webhook_endpoints/object), without its secret. */
export function webhookEndpointObject(record: WebhookEndpointRecord, { livemode }: View): JsonObject {
  return {
    id: record.id,
    object: 'webhook_endpoint',
    api_version: record.apiVersion,
    application: null,
    created: record.created,
    description: record.description,
    enabled_events: record.enabledEvents,
    livemode,
    metadata: record.metadata,
    status: record.disabled ? 'disabled' : 'enabled',
    url: record.url,
  };
}

/** What the changed attributes were before, by name; those that were not there before are null. */
function previousAttributes(before: JsonObject, now: JsonObject): JsonObject {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const changed = [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
  return Object.fromEntries(changed.map((name) => [name, previousValue(before[name] ?? null, now[name] ?? null)]));
}

function previousValue(before: Json, now: Json): Json {
  return isObject(before) && isObject(now) ? previousAttributes(before, now) : before;
}
