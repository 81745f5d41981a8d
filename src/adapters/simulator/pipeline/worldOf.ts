import type { StripeRequest } from '../wire/messages.ts';
import { requestFailures } from '../wire/requestFailures.ts';
import type { World } from '../world/world.ts';
import type { Worlds } from '../world/worlds.ts';
import { isLiveKey, masked } from './authentication.ts';

/**
 * The world a request is about: of the account its headers name, else of the platform, in the mode of its API key. The
 * last account of a `Stripe-Context` path counts (https://docs.stripe.com/context).
 */
export function worldOf(headers: NonNullable<StripeRequest['headers']>, apiKey: string, worlds: Worlds): World {
  const account = headers['stripe-account'];
  const context = headers['stripe-context']?.split('/').at(-1);
  if (account !== undefined && context !== undefined) throw requestFailures.accountNamedTwice();
  const accountId = account ?? context ?? worlds.platformId;
  const world = worlds.find(accountId, isLiveKey(apiKey));
  if (world === undefined) throw requestFailures.noSuchAccount(masked(apiKey), accountId);
  return world;
}
