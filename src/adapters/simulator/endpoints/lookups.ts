import type { Instrument } from '../instruments/testCards.ts';
import { instrumentNamed } from '../instruments/testCards.ts';
import type { Missing, StripeFailure } from '../wire/failures.ts';
import { missing } from '../wire/failures.ts';
import { textOf } from '../wire/form.ts';
import { newPaymentMethod, partsOf } from '../world/newPaymentMethod.ts';
import type { CustomerRecord, Owner, PaymentMethodRecord } from '../world/records.ts';
import type { World } from '../world/world.ts';
import type { Context } from './context.ts';
import { endpointFailures } from './endpointFailures.ts';

type Where = Pick<Missing, 'status' | 'param'>;

const cardAlias = 'pm_card_';
const bankAccountAlias = 'pm_usBankAccount_success';
const platformOwned =
  '; OAuth key or Stripe-Account header was used but API request was provided with a platform-owned payment method ID. Please ensure that the provided payment method matches the specified account.';
const perhapsConnected =
  "; It's possible this PaymentMethod exists on one of your connected accounts, in which case you should retry this request on that connected account. Learn more at https://stripe.com/docs/connect/authentication";

/** The customer, unless there is none or it was deleted. */
export function findCustomer(context: Context, id: string, where: Where): CustomerRecord {
  const customer = context.world.customer(id);
  if (customer === undefined) throw noSuchCustomer(context, id, where);
  return customer;
}

export function noSuchCustomer(context: Context, id: string, where: Where): StripeFailure {
  return noSuch(context, 'customer', id, where, (world) => world.customers.has(id) || world.customerAccounts.has(id));
}

/** The payment method that is kept under this id. */
export function findPaymentMethod(context: Context, id: string, where: Where): PaymentMethodRecord {
  const known = context.world.paymentMethods.get(id);
  if (known === undefined) throw noSuchPaymentMethod(context, id, where);
  return known;
}

/** The payment method to use. A test alias makes a new one, which is kept only if it is then used. */
export function findUsable(context: Context, id: string, where: Where): PaymentMethodRecord {
  const { world, ids, at } = context;
  const parts = world.paymentMethods.has(id) ? undefined : partsOfAlias(id, at);
  if (parts === undefined || world.livemode) return findPaymentMethod(context, id, where);
  return newPaymentMethod(ids.paymentMethod(), at, parts);
}

/** The test card of a token, such as `tok_visa`. */
export function findToken(context: Context, token: string): Instrument {
  if (!token.startsWith('tok_')) throw endpointFailures.invalidToken(token);
  const instrument = instrumentNamed(token.slice('tok_'.length));
  if (instrument !== undefined && !context.world.livemode) return instrument;
  const where: Where = { status: 400, param: 'card[token]' };
  throw noSuch(context, 'token', token, where, (world) => instrument !== undefined && !world.livemode);
}

/** Whom `customer` or `customer_account` names; null where neither is given. */
export function namedOwner({ parameters, world }: Context): Owner | null {
  const customer = textOf(parameters, 'customer');
  const account = textOf(parameters, 'customer_account');
  if (customer !== undefined && account !== undefined) throw endpointFailures.bothCustomers();
  if (customer !== undefined) return { kind: 'customer', id: customer };
  return account === undefined ? null : world.ownerOf({ kind: 'customerAccount', id: account });
}

/** True for a customer that is there and not deleted, and for an account that acts as one. */
export function isThere({ kind, id }: Owner, world: World): boolean {
  return kind === 'customer' ? world.customer(id) !== undefined : world.customerAccounts.has(id);
}

/** Refuses an owner that is not there. */
export function checkOwner(context: Context, owner: Owner): void {
  if (isThere(owner, context.world)) return;
  const param = owner.kind === 'customer' ? 'customer' : 'customer_account';
  throw noSuchCustomer(context, owner.id, { status: 400, param });
}

function noSuchPaymentMethod(context: Context, id: string, where: Where): StripeFailure {
  const { world, worlds, at } = context;
  const isIn = (other: World) =>
    other.paymentMethods.has(id) || (!other.livemode && partsOfAlias(id, at) !== undefined);
  if (worlds.whereabouts(world, isIn) === 'platform') {
    return missing('PaymentMethod', id, { ...where, hint: platformOwned });
  }
  const mayBeConnected = world.platformId === null && worlds.isPlatform;
  return noSuch(context, 'PaymentMethod', id, where, isIn, mayBeConnected ? perhapsConnected : '');
}

/** An object that is not in this world; the message says so where it is in the other mode. */
export function noSuch(
  { world, worlds }: Context,
  what: string,
  id: string,
  where: Where,
  isIn: (other: World) => boolean,
  otherwise = '',
): StripeFailure {
  if (worlds.whereabouts(world, isIn) !== 'otherMode') return missing(what, id, { ...where, hint: otherwise });
  const [used, right] = world.livemode ? ['live', 'test'] : ['test', 'live'];
  const hint = `; a similar object exists in ${right} mode, but a ${used} mode key was used to make this request.`;
  return missing(what, id, { ...where, hint });
}

/** What a test alias makes; undefined for an id that is none. */
function partsOfAlias(id: string, at: number): Partial<PaymentMethodRecord> | undefined {
  if (id === bankAccountAlias) return { type: 'us_bank_account' };
  const instrument = id.startsWith(cardAlias) ? instrumentNamed(id.slice(cardAlias.length)) : undefined;
  return instrument && partsOf(instrument, at);
}
