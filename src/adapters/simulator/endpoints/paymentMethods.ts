import { paymentMethodTypes } from '../instruments/paymentMethodTypes.ts';
import { paymentMethodObject, viewOf } from '../objects/objects.ts';
import { missing } from '../wire/failures.ts';
import type { Form } from '../wire/form.ts';
import { formOf, textOf } from '../wire/form.ts';
import type { Json, JsonObject } from '../wire/json.ts';
import { isObject } from '../wire/json.ts';
import { integerOf, metadataAfter } from '../wire/parameters.ts';
import { requestFailures } from '../wire/requestFailures.ts';
import { newPaymentMethod, noBillingDetails } from '../world/newPaymentMethod.ts';
import type { CardRecord, Owner, PaymentMethodRecord } from '../world/records.ts';
import { isOwner, ownerKey } from '../world/records.ts';
import type { Change, Context } from './context.ts';
import { emit } from './context.ts';
import { endpointFailures } from './endpointFailures.ts';
import { listObject } from './lists.ts';
import { checkOwner, findCustomer, findPaymentMethod, namedOwner } from './lookups.ts';
import { checkedExpiry, detailsOf, namedDetails } from './paymentMethodDetails.ts';

const inPath = { status: 404, param: 'payment_method' } as const;

/** POST /v1/payment_methods (https://docs.stripe.com/api/payment_methods/create). */
export function createPaymentMethod(context: Context): JsonObject {
  const { parameters, world } = context;
  if (parameters.has('customer')) throw endpointFailures.customerAtCreation();
  const record = paymentMethodFrom(context, parameters);
  world.paymentMethods.put(record);
  return paymentMethodObject(record, viewOf(context));
}

/** A new payment method by these parameters, which is kept by nobody yet. */
export function paymentMethodFrom(context: Context, parameters: Form): PaymentMethodRecord {
  const { ids, at } = context;
  const type = textOf(parameters, 'type');
  if (type === undefined) throw requestFailures.missingParameter('type');
  if (!paymentMethodTypes.has(type)) throw requestFailures.notOneOf([...paymentMethodTypes.keys()], 'type');
  return newPaymentMethod(ids.paymentMethod(), at, {
    type,
    ...detailsOf(context, parameters, type),
    billingDetails: billingDetailsAfter(noBillingDetails, formOf(parameters, 'billing_details')),
    metadata: metadataAfter({}, parameters),
    allowRedisplay: textOf(parameters, 'allow_redisplay') ?? 'unspecified',
  });
}

/** GET /v1/payment_methods/:id (https://docs.stripe.com/api/payment_methods/retrieve). */
export function retrievePaymentMethod(context: Context): JsonObject {
  return paymentMethodObject(findPaymentMethod(context, context.pathId, inPath), viewOf(context));
}

/** POST /v1/payment_methods/:id, for one that is attached (https://docs.stripe.com/api/payment_methods/update). */
export function updatePaymentMethod(context: Context): JsonObject {
  const { parameters, at } = context;
  const before = findPaymentMethod(context, context.pathId, inPath);
  if (before.owner === null) throw endpointFailures.unattachedUpdate();
  const record: PaymentMethodRecord = {
    ...before,
    card: before.card === null ? null : cardAfter(before.card, formOf(parameters, 'card'), at),
    billingDetails: billingDetailsAfter(before.billingDetails, formOf(parameters, 'billing_details')),
    hash: namedDetails(before.hash, formOf(parameters, before.type)),
    metadata: metadataAfter(before.metadata, parameters),
    allowRedisplay: textOf(parameters, 'allow_redisplay') ?? before.allowRedisplay,
  };
  commitUpdate(context, 'payment_method.updated', before, record);
  return paymentMethodObject(record, viewOf(context));
}

/** Replaces a payment method, and says so where anything changed. */
export function commitUpdate(
  change: Change,
  type: 'payment_method.updated' | 'payment_method.automatically_updated',
  before: PaymentMethodRecord,
  record: PaymentMethodRecord,
): void {
  if (JSON.stringify(before) === JSON.stringify(record)) return;
  change.world.paymentMethods.put(record);
  emit(change, type, { object: 'payment_method', record }, { object: 'payment_method', record: before });
}

/** GET /v1/payment_methods, newest first (https://docs.stripe.com/api/payment_methods/list). */
export function listPaymentMethods(context: Context): JsonObject {
  const owner = namedOwner(context);
  if (owner !== null) checkOwner(context, owner);
  return list(context, owner, '/v1/payment_methods');
}

/** GET /v1/customers/:id/payment_methods (https://docs.stripe.com/api/payment_methods/customer_list). */
export function listCustomersPaymentMethods(context: Context): JsonObject {
  const { id } = findCustomer(context, context.pathId, { status: 404, param: 'customer' });
  return list(context, { kind: 'customer', id }, `/v1/customers/${id}/payment_methods`);
}

/** GET /v1/customers/:id/payment_methods/:id (https://docs.stripe.com/api/payment_methods/customer). */
export function retrieveCustomersPaymentMethod(context: Context): JsonObject {
  const { id } = findCustomer(context, context.pathId, { status: 404, param: 'customer' });
  const record = findPaymentMethod(context, context.secondPathId, inPath);
  if (!isOwner(record.owner, { kind: 'customer', id })) throw missing('PaymentMethod', record.id, inPath);
  return paymentMethodObject(record, viewOf(context));
}

function list(context: Context, owner: Owner | null, url: string): JsonObject {
  const { world, parameters } = context;
  const [type, redisplay] = [textOf(parameters, 'type'), textOf(parameters, 'allow_redisplay')];
  return listObject(context, {
    collection: world.paymentMethods,
    by: owner === null ? undefined : { index: 'owner', keys: [ownerKey(owner)] },
    isWanted: (one) =>
      (type === undefined || one.type === type) && (redisplay === undefined || one.allowRedisplay === redisplay),
    show: (record) => paymentMethodObject(record, viewOf(context)),
    noSuchCursor: (id, where) => missing('PaymentMethod', id, where),
    url,
  });
}

function cardAfter(card: CardRecord, given: Form, at: number): CardRecord {
  const expMonth = integerOf(given, 'exp_month', { min: 0, max: 9999 }) ?? card.expMonth;
  const expYear = integerOf(given, 'exp_year', { min: 0, max: 9999 }) ?? card.expYear;
  const preferredNetwork = textOf(formOf(given, 'networks'), 'preferred') ?? card.preferredNetwork;
  const isDated = given.has('exp_month') || given.has('exp_year');
  return { ...card, ...(isDated ? checkedExpiry(expMonth, expYear, at) : {}), preferredNetwork };
}

/** Billing details after a change: an empty text unsets its name, and only known names are kept. */
function billingDetailsAfter(before: JsonObject, given: Form): JsonObject {
  if (given.size === 0) return before;
  return Object.fromEntries(Object.entries(before).map(([name, held]) => [name, detailAfter(held, given, name)]));
}

function detailAfter(held: Json, given: Form, name: string): Json {
  if (isObject(held)) return billingDetailsAfter(held, formOf(given, name));
  const text = textOf(given, name);
  if (text === undefined) return held;
  return text === '' ? null : text;
}
