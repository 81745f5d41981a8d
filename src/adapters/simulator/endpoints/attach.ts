import { cardError } from '../instruments/cardErrors.ts';
import { paymentMethodTypes } from '../instruments/paymentMethodTypes.ts';
import { paymentMethodObject, viewOf } from '../objects/objects.ts';
import type { StripeFailure } from '../wire/failures.ts';
import type { JsonObject } from '../wire/json.ts';
import type { CustomerRecord, Owner, PaymentMethodRecord } from '../world/records.ts';
import { isOwner, ownerKey } from '../world/records.ts';
import type { Change, Context } from './context.ts';
import { emit, noteEffect } from './context.ts';
import { endpointFailures } from './endpointFailures.ts';
import { checkOwner, findPaymentMethod, findUsable, namedOwner } from './lookups.ts';

const inPath = { status: 404, param: 'payment_method' } as const;

/** POST /v1/payment_methods/:id/attach (https://docs.stripe.com/api/payment_methods/attach). */
export function attach(context: Context): JsonObject {
  const owner = namedOwner(context);
  if (owner === null) throw endpointFailures.noCustomer();
  const record = findUsable(context, context.pathId, inPath);
  checkOwner(context, owner);
  checkAttach(context, record, owner);
  return paymentMethodObject(commitAttach(context, record, owner), viewOf(context));
}

/** POST /v1/payment_methods/:id/detach: for good (https://docs.stripe.com/api/payment_methods/detach). */
export function detach(context: Context): JsonObject {
  const record = findPaymentMethod(context, context.pathId, inPath);
  if (record.owner === null) throw endpointFailures.notAttached();
  const detached = commitDetach(context, record, record.owner);
  clearDefault(context, record);
  return paymentMethodObject(detached, viewOf(context));
}

/** Every rule of attaching. What belongs to this owner already passes: to attach twice is no error. */
export function checkAttach(context: Change, record: PaymentMethodRecord, owner: Owner): void {
  checkSaveable(context, record, owner);
  if (!isOwner(record.owner, owner) && record.decline !== null) throw cardError(record.decline);
}

/** The rules of attaching but what the bank says. */
export function checkSaveable(change: Change, record: PaymentMethodRecord, owner: Owner): void {
  const refusal = saveRefusal(change, record, owner);
  if (refusal !== null) throw refusal;
}

/** Why a payment method cannot be kept by this owner; null where it can, or is already. */
export function saveRefusal(change: Change, record: PaymentMethodRecord, owner: Owner): StripeFailure | null {
  if (isOwner(record.owner, owner)) return null;
  if (record.owner !== null) return endpointFailures.alreadyAttached();
  if (record.spent) return endpointFailures.usedBefore();
  if (paymentMethodTypes.get(record.type)?.saveable !== true) return endpointFailures.notSaveable(record.type);
  const { world, rules } = change;
  const owned = world.paymentMethods.count('owner', ownerKey(owner));
  return owned >= rules.maxPaymentMethodsPerCustomer ? endpointFailures.tooManyPaymentMethods() : null;
}

/** Attaches what `checkAttach` has passed; changes nothing where it is attached already. */
export function commitAttach(change: Change, record: PaymentMethodRecord, owner: Owner): PaymentMethodRecord {
  if (isOwner(record.owner, owner)) return record;
  const attached = { ...verified(record), owner };
  change.world.paymentMethods.put(attached);
  noteEffect(change, 'attached', record.id, owner);
  emit(change, 'payment_method.attached', { object: 'payment_method', record: attached });
  return attached;
}

/** The payment method after its card was verified. */
export function verified(record: PaymentMethodRecord): PaymentMethodRecord {
  const { card } = record;
  if (card === null || card.cvcCheck !== 'unchecked') return record;
  return { ...record, card: { ...card, cvcCheck: card.cvcCheckAtAttach } };
}

/** Detaches for good. */
export function commitDetach(change: Change, record: PaymentMethodRecord, owner: Owner): PaymentMethodRecord {
  const detached = { ...record, owner: null, spent: true };
  change.world.paymentMethods.put(detached);
  noteEffect(change, 'detached', record.id, owner);
  const before = { object: 'payment_method', record } as const;
  emit(change, 'payment_method.detached', { object: 'payment_method', record: detached }, before);
  return detached;
}

/** Replaces a customer, and says so. */
export function commitCustomer(change: Change, before: CustomerRecord, record: CustomerRecord): void {
  change.world.customers.put(record);
  emit(change, 'customer.updated', { object: 'customer', record }, { object: 'customer', record: before });
}

function clearDefault(change: Change, { id, owner }: PaymentMethodRecord): void {
  const customer = owner?.kind === 'customer' ? change.world.customer(owner.id) : undefined;
  if (customer?.defaultPaymentMethod === id)
    commitCustomer(change, customer, { ...customer, defaultPaymentMethod: null });
}
