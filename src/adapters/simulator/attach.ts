import type { Context } from './context.ts';
import { expands, recordEffect } from './context.ts';
import { cardError } from './cardErrors.ts';
import { failures } from './failures.ts';
import { textOf } from './form.ts';
import { instrumentNamed } from './instruments.ts';
import { customerObject, paymentMethodObject } from './objects.ts';
import { cardOf, newPaymentMethod } from './newPaymentMethod.ts';
import { paymentMethodTypes } from './types.ts';
import type { Owner, PaymentMethodRecord } from './vault.ts';
import { isOwner } from './vault.ts';
import type { JsonObject } from './wire.ts';

const aliasPrefix = 'pm_card_';

/** POST /v1/payment_methods/:id/attach (https://docs.stripe.com/api/payment_methods/attach). */
export function attach(context: Context): JsonObject {
  const ownerAsked = askedOwner(context);
  expands(context, 'customer');
  const record = findForAttach(context, context.pathId, 404);
  const owner = existingOwner(context, ownerAsked);
  checkAttach(context, record, owner);
  return show(context, commitAttach(context, record, owner));
}

/** POST /v1/payment_methods/:id/detach: for good (https://docs.stripe.com/api/payment_methods/detach). */
export function detach(context: Context): JsonObject {
  const record = context.vault.paymentMethods.get(context.pathId);
  if (record === undefined) throw failures.noSuchPaymentMethod(context.pathId, 404);
  if (record.owner === null) throw failures.notAttached();
  expands(context, 'customer');
  return show(context, commitDetach(context, record, record.owner));
}

/** The payment method to attach. A test alias makes a new one, which is kept only if it is then attached. */
export function findForAttach(context: Context, id: string, statusIfMissing: 400 | 404): PaymentMethodRecord {
  const known = context.vault.paymentMethods.get(id);
  if (known !== undefined) return known;
  const instrument = id.startsWith(aliasPrefix) ? instrumentNamed(id.slice(aliasPrefix.length)) : undefined;
  if (instrument === undefined) throw failures.noSuchPaymentMethod(id, statusIfMissing);
  return newPaymentMethod(context.ids.paymentMethod(), context.at, {
    card: cardOf(instrument, context.at),
    decline: instrument.decline,
  });
}

/** Every rule of attaching. What belongs to this owner already passes: to attach twice is no error. */
export function checkAttach(context: Context, record: PaymentMethodRecord, owner: Owner): void {
  if (isOwner(record.owner, owner)) return;
  if (record.owner !== null) throw failures.alreadyAttached();
  if (record.spent) throw failures.usedBefore();
  if (paymentMethodTypes.get(record.type)?.saveable !== true) throw failures.notSaveable(record.type);
  if (isFull(context, owner)) throw failures.tooManyPaymentMethods();
  if (record.decline !== null) throw cardError(record.decline);
}

/** Attaches what `checkAttach` has passed; changes nothing where it is attached already. */
export function commitAttach(context: Context, record: PaymentMethodRecord, owner: Owner): PaymentMethodRecord {
  if (isOwner(record.owner, owner)) return record;
  const { card } = record;
  const verified = card === null || card.cvcCheck !== 'unchecked' ? card : { ...card, cvcCheck: card.cvcCheckAtAttach };
  const attached = { ...record, owner, card: verified };
  context.vault.paymentMethods.set(record.id, attached);
  recordEffect(context, 'attached', record.id, owner);
  return attached;
}

/** Detaches for good, and clears the customer's default where it was this one. */
export function commitDetach(context: Context, record: PaymentMethodRecord, owner: Owner): PaymentMethodRecord {
  const detached = { ...record, owner: null, spent: true };
  context.vault.paymentMethods.set(record.id, detached);
  const customer = owner.kind === 'customer' ? context.vault.customers.get(owner.id) : undefined;
  if (customer?.defaultPaymentMethod === record.id) {
    context.vault.customers.set(customer.id, { ...customer, defaultPaymentMethod: null });
  }
  recordEffect(context, 'detached', record.id, owner);
  return detached;
}

/** The object, with its customer expanded where the request asks for it. */
export function show(context: Context, record: PaymentMethodRecord): JsonObject {
  const customer = record.owner?.kind === 'customer' ? context.vault.customers.get(record.owner.id) : undefined;
  if (!expands(context, 'customer') || customer === undefined) return paymentMethodObject(record, context.version);
  return paymentMethodObject(record, context.version, customerObject(customer, context.version));
}

function isFull({ vault, maxPaymentMethodsPerCustomer: max }: Context, owner: Owner): boolean {
  return max !== Infinity && vault.paymentMethodsOf(owner).length >= max;
}

function askedOwner(context: Context): Owner {
  const customer = textOf(context.parameters, 'customer');
  const account = textOf(context.parameters, 'customer_account');
  if (customer !== undefined && account !== undefined) throw failures.bothCustomers();
  if (customer !== undefined) return { kind: 'customer', id: customer };
  if (account !== undefined) return { kind: 'customerAccount', id: account };
  throw failures.noCustomer();
}

function existingOwner(context: Context, owner: Owner): Owner {
  if (owner.kind === 'customer') {
    if (context.vault.customer(owner.id) === undefined) throw failures.noSuchCustomer(owner.id, 'customer');
  } else if (!context.vault.customerAccounts.has(owner.id)) {
    throw failures.noSuchCustomer(owner.id, 'customer_account');
  }
  return owner;
}
