import type { StripeAccount } from '../../src/adapters/simulator/index.ts';
import type { Surroundings } from './surroundings.ts';
import { apiKey } from './surroundings.ts';

const keyPrefix = 'stranger-';

/** True for a key that is none of the host's. */
export function isStrangersKey(key: string | null): boolean {
  return key?.startsWith(keyPrefix) === true;
}

/** What others do in the same account: somebody at the dashboard, another program. They know nothing of the trail. */
export function strangerAttaches({ account, sometimes, timeline }: Surroundings, id: string, customer: string): void {
  timeline?.note('stranger', `attaches ${id} to ${customer}`);
  if (post(account, `/v1/payment_methods/${id}/attach`, `customer=${customer}`)) sometimes.met('attachedByAnother');
}

export function strangerDetaches({ account, sometimes, timeline }: Surroundings, id: string): void {
  timeline?.note('stranger', `detaches ${id}`);
  if (post(account, `/v1/payment_methods/${id}/detach`, '')) sometimes.met('detachedByAnother');
}

export function strangerConfirms(
  { account, sometimes, timeline }: Surroundings,
  { setupIntentId, paymentMethodId }: { readonly setupIntentId: string; readonly paymentMethodId: string },
): void {
  timeline?.note('front end', `confirms ${setupIntentId} with ${paymentMethodId}`);
  const path = `/v1/setup_intents/${setupIntentId}/confirm`;
  if (post(account, path, `payment_method=${paymentMethodId}&return_url=https%3A%2F%2Fhost.example`))
    sometimes.met('setupConfirmed');
}

export function strangerUpdates({ account, chance, timeline }: Surroundings, id: string): void {
  timeline?.note('stranger', `the bank gives ${id} a new date`);
  account.in().updateCard(id, { expYear: 2030 + chance.between(0, 9) });
}

/** True where it did something. */
function post(account: StripeAccount, path: string, body: string): boolean {
  const before = account.effects.length;
  const headers = { authorization: `Bearer ${apiKey}`, 'idempotency-key': `${keyPrefix}${account.requests.length}` };
  account.handle({ method: 'POST', path, headers, body });
  return account.effects.length > before;
}
