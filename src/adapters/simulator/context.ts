import { failures } from './failures.ts';
import type { Form } from './form.ts';
import { formOf } from './form.ts';
import type { Ids } from './ids.ts';
import type { Owner, Vault } from './vault.ts';

/** What an endpoint works on: one request, already authenticated and checked for its parameters. */
export type Context = {
  readonly vault: Vault;
  readonly ids: Ids;
  readonly parameters: Form;
  /** the id in the path, empty where the path has none */
  readonly pathId: string;
  /** the API version the response is written in */
  readonly version: string;
  readonly requestId: string;
  readonly idempotencyKey: string | null;
  /** unix milliseconds */
  readonly at: number;
  readonly maxPaymentMethodsPerCustomer: number;
};

/** Notes in the account's log that something really happened. */
export function recordEffect(
  context: Context,
  effect: 'attached' | 'detached',
  paymentMethodId: string,
  owner: Owner,
): void {
  const { idempotencyKey, requestId, at } = context;
  context.vault.effects.push({ effect, paymentMethodId, owner, idempotencyKey, requestId, at });
}

/** True when the request asks for this property to be expanded; refuses every property that cannot be. */
export function expands(context: Context, property: string): boolean {
  const asked = [...formOf(context.parameters, 'expand').values()];
  for (const name of asked) if (name !== property) throw failures.notExpandable(typeof name === 'string' ? name : '');
  return asked.length > 0;
}

/** Unix seconds of the request. */
export function secondsOf(context: Context): number {
  return Math.floor(context.at / 1000);
}
