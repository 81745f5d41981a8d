import { webhookEndpointObject } from '../objects/eventObjects.ts';
import { viewOf } from '../objects/objects.ts';
import { missing } from '../wire/failures.ts';
import { textOf } from '../wire/form.ts';
import type { JsonObject } from '../wire/json.ts';
import { booleanOf, metadataAfter, textsOf } from '../wire/parameters.ts';
import { requestFailures } from '../wire/requestFailures.ts';
import type { WebhookEndpointRecord } from '../world/records.ts';
import type { Context } from './context.ts';
import { requiredText, secondsOf } from './context.ts';
import { listObject } from './lists.ts';
import { noSuch } from './lookups.ts';

/** POST /v1/webhook_endpoints: the only answer with its secret (https://docs.stripe.com/api/webhook_endpoints/create). */
export function createWebhookEndpoint(context: Context): JsonObject {
  const { ids, parameters, world } = context;
  const enabledEvents = textsOf(parameters, 'enabled_events');
  if (enabledEvents.length === 0) throw requestFailures.missingParameter('enabled_events');
  const secret = ids.webhookSecret();
  const record: WebhookEndpointRecord = {
    id: ids.webhookEndpoint(),
    created: secondsOf(context),
    url: checkedUrl(requiredText(context, 'url')),
    enabledEvents,
    apiVersion: textOf(parameters, 'api_version') ?? null,
    description: textOf(parameters, 'description') ?? null,
    metadata: metadataAfter({}, parameters),
    disabled: false,
    connect: booleanOf(parameters, 'connect') === true,
    secrets: [{ secret, expiresAt: null }],
  };
  world.webhookEndpoints.put(record);
  return { ...shown(context, record), secret };
}

/** GET /v1/webhook_endpoints/:id (https://docs.stripe.com/api/webhook_endpoints/retrieve). */
export function retrieveWebhookEndpoint(context: Context): JsonObject {
  return shown(context, find(context));
}

/** POST /v1/webhook_endpoints/:id (https://docs.stripe.com/api/webhook_endpoints/update). */
export function updateWebhookEndpoint(context: Context): JsonObject {
  const { parameters, world } = context;
  const before = find(context);
  const url = textOf(parameters, 'url');
  const enabledEvents = textsOf(parameters, 'enabled_events');
  const record: WebhookEndpointRecord = {
    ...before,
    url: url === undefined ? before.url : checkedUrl(url),
    enabledEvents: enabledEvents.length > 0 ? enabledEvents : before.enabledEvents,
    description: textOf(parameters, 'description') ?? before.description,
    metadata: metadataAfter(before.metadata, parameters),
    disabled: booleanOf(parameters, 'disabled') ?? before.disabled,
  };
  world.webhookEndpoints.put(record);
  return shown(context, record);
}

/** DELETE /v1/webhook_endpoints/:id (https://docs.stripe.com/api/webhook_endpoints/delete). */
export function deleteWebhookEndpoint(context: Context): JsonObject {
  const { id } = find(context);
  context.world.webhookEndpoints.delete(id);
  return { id, object: 'webhook_endpoint', deleted: true };
}

/** GET /v1/webhook_endpoints, newest first (https://docs.stripe.com/api/webhook_endpoints/list). */
export function listWebhookEndpoints(context: Context): JsonObject {
  return listObject(context, {
    collection: context.world.webhookEndpoints,
    show: (record) => shown(context, record),
    noSuchCursor: (id, where) => missing('webhook endpoint', id, where),
    url: '/v1/webhook_endpoints',
  });
}

function checkedUrl(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw requestFailures.wrongShape('URL: URL must be an http or https address.', 'url');
}

function find(context: Context): WebhookEndpointRecord {
  const { world, pathId } = context;
  const record = world.webhookEndpoints.get(pathId);
  if (record !== undefined) return record;
  const where = { status: 404, param: 'id' } as const;
  throw noSuch(context, 'webhook endpoint', pathId, where, (other) => other.webhookEndpoints.has(pathId));
}

function shown(context: Context, record: WebhookEndpointRecord): JsonObject {
  return webhookEndpointObject(record, viewOf(context));
}
