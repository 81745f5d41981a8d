import type { Form } from '../wire/form.ts';
import { textOf } from '../wire/form.ts';
import { requestFailures } from '../wire/requestFailures.ts';
import type { Ids } from '../world/ids.ts';
import type { Effect, Origin, Owner, Snapshot } from '../world/records.ts';
import type { World } from '../world/world.ts';
import type { Worlds } from '../world/worlds.ts';

/** What changes the world works with: a request, or something that happens without one. */
export type Change = Origin & {
  readonly world: World;
  readonly ids: Ids;
  /** unix milliseconds */
  readonly at: number;
  readonly rules: AccountRules;
  readonly noteEffect: (effect: Effect) => void;
};

/** What an endpoint works on: one request, already authenticated and checked for its parameters. */
export type Context = Change & {
  readonly worlds: Worlds;
  readonly parameters: Form;
  /** the id in the path, empty where the path has none */
  readonly pathId: string;
  /** the second id in the path, empty where there is none */
  readonly secondPathId: string;
  /** the API version the response is written in */
  readonly version: string;
  /** how many webhooks have not taken an event yet */
  readonly pendingWebhooks: (eventId: string) => number;
};

export type AccountRules = {
  /** the account's own API version: of requests that name none, and of its events */
  readonly apiVersion: string;
  readonly maxPaymentMethodsPerCustomer: number;
  /** true: card numbers may be sent as they are, in test mode */
  readonly takesCardNumbers: boolean;
};

/** Keeps the event of a change, with what it was before where the event tells of it. */
export function emit(change: Change, type: string, about: Snapshot, before: Snapshot | null = null): void {
  const { world, ids, requestId, idempotencyKey } = change;
  world.keepEvent({ id: ids.event(), created: secondsOf(change), type, about, before, requestId, idempotencyKey });
}

/** Notes in the account's log that something really happened. */
export function noteEffect(change: Change, effect: Effect['effect'], paymentMethodId: string, owner: Owner): void {
  const { idempotencyKey, requestId, at, world } = change;
  const { accountId, livemode } = world;
  change.noteEffect({ effect, paymentMethodId, owner, idempotencyKey, requestId, at, accountId, livemode });
}

/** Unix seconds of the change. */
export function secondsOf({ at }: Change): number {
  return Math.floor(at / 1000);
}

/** The text of a parameter that must be there. */
export function requiredText(context: Context, name: string): string {
  const text = textOf(context.parameters, name);
  if (text === undefined) throw requestFailures.missingParameter(name);
  return text;
}
