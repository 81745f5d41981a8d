import { isAskedFor } from '../world/eventTypes.ts';
import type { EventRecord, WebhookEndpointRecord } from '../world/records.ts';
import type { World } from '../world/world.ts';
import type { Worlds } from '../world/worlds.ts';

/** An endpoint that hears of an event, and the world it is at home in. */
export type Hearing = { readonly home: World; readonly endpoint: WebhookEndpointRecord };

/** Who hears of an event: the endpoints of its own world, and the Connect endpoints of that world's platform. */
export function hearingOf(event: EventRecord, world: World, worlds: Worlds): readonly Hearing[] {
  const { platformId, livemode } = world;
  if (platformId === null && world.webhookEndpoints.size === 0) return [];
  const platform = platformId === null ? undefined : worlds.find(platformId, livemode);
  return [world, platform].flatMap((home) => {
    if (home === undefined || home.webhookEndpoints.size === 0) return [];
    return [...home.webhookEndpoints.walk({ direction: 'oldestFirst' })]
      .filter((one) => !one.disabled && one.connect === (home !== world) && isAskedFor(event.type, one.enabledEvents))
      .map((endpoint) => ({ home, endpoint }));
  });
}
