import { eventObject } from '../objects/eventObjects.ts';
import { viewOf } from '../objects/objects.ts';
import { missing } from '../wire/failures.ts';
import { textOf } from '../wire/form.ts';
import type { JsonObject } from '../wire/json.ts';
import { textsOf } from '../wire/parameters.ts';
import { requestFailures } from '../wire/requestFailures.ts';
import { isAskedFor } from '../world/eventTypes.ts';
import type { EventRecord } from '../world/records.ts';
import type { World } from '../world/world.ts';
import type { Context } from './context.ts';
import { listObject } from './lists.ts';
import { noSuch } from './lookups.ts';

/** GET /v1/events/:id (https://docs.stripe.com/api/events/retrieve). */
export function retrieveEvent(context: Context): JsonObject {
  const { world, pathId } = context;
  const event = world.events.get(pathId);
  const where = { status: 404, param: 'id' } as const;
  if (event === undefined) throw noSuch(context, 'event', pathId, where, (other) => other.events.has(pathId));
  return shown(context, event);
}

/** GET /v1/events, newest first; `payment_method.*` stands for every such type (https://docs.stripe.com/api/events/list). */
export function listEvents(context: Context): JsonObject {
  const { world, parameters } = context;
  const [type, types] = [textOf(parameters, 'type'), textsOf(parameters, 'types')];
  if (type !== undefined && types.length > 0) throw requestFailures.exclusiveParameters(['type', 'types']);
  const asked = type === undefined ? types : [type];
  return listObject(context, {
    collection: world.events,
    by: asked.length === 0 ? undefined : { index: 'type', keys: matchingTypes(world, asked) },
    show: (event) => shown(context, event),
    noSuchCursor: (id, where) => missing('event', id, where),
    url: '/v1/events',
  });
}

function matchingTypes({ events }: World, asked: readonly string[]): readonly string[] {
  return events.keys('type').filter((type) => isAskedFor(type, asked));
}

function shown(context: Context, event: EventRecord): JsonObject {
  const view = { ...viewOf(context), version: context.rules.apiVersion };
  return eventObject(event, view, { pendingWebhooks: context.pendingWebhooks(event.id) });
}
