import { customerObject, viewOf } from '../objects/objects.ts';
import { missing } from '../wire/failures.ts';
import type { Form } from '../wire/form.ts';
import { formOf, textOf } from '../wire/form.ts';
import { givenAfter } from '../wire/given.ts';
import type { JsonObject } from '../wire/json.ts';
import { metadataAfter } from '../wire/parameters.ts';
import { newCustomer } from '../world/newCustomer.ts';
import type { CustomerRecord, Owner } from '../world/records.ts';
import { isOwner, ownerKey } from '../world/records.ts';
import { checkAttach, commitAttach, commitCustomer, commitDetach } from './attach.ts';
import type { Context } from './context.ts';
import { emit, secondsOf } from './context.ts';
import { endpointFailures } from './endpointFailures.ts';
import { customerGiven, invoiceSettingsGiven } from './givenFields.ts';
import { listObject } from './lists.ts';
import { findCustomer, findUsable, noSuchCustomer } from './lookups.ts';

const inPath = { status: 404, param: 'id' } as const;

/** POST /v1/customers; `payment_method` is attached by the same rules, or nothing is made. */
export function createCustomer(context: Context): JsonObject {
  const { world, ids, parameters } = context;
  const blank = newCustomer(ids.customer(), ids.invoicePrefix(), secondsOf(context));
  const owner: Owner = { kind: 'customer', id: blank.id };
  const attachId = textOf(parameters, 'payment_method');
  const inBody = { status: 400, param: 'payment_method' } as const;
  const toAttach = attachId === undefined ? undefined : findUsable(context, attachId, inBody);
  if (toAttach !== undefined) checkAttach(context, toAttach, owner);
  const customer = changed(context, blank, toAttach?.id);
  world.customers.put(customer);
  emit(context, 'customer.created', { object: 'customer', record: customer });
  if (toAttach !== undefined) commitAttach(context, toAttach, owner);
  return customerObject(customer, viewOf(context));
}

/** POST /v1/customers/:id (https://docs.stripe.com/api/customers/update). */
export function updateCustomer(context: Context): JsonObject {
  const before = findCustomer(context, context.pathId, inPath);
  const customer = changed(context, before);
  if (hasChanged(before, customer)) commitCustomer(context, before, customer);
  return customerObject(customer, viewOf(context));
}

/** GET /v1/customers/:id; a deleted one is shown as deleted. */
export function retrieveCustomer(context: Context): JsonObject {
  const customer = context.world.customers.get(context.pathId);
  if (customer === undefined) throw noSuchCustomer(context, context.pathId, inPath);
  return customerObject(customer, viewOf(context));
}

/** DELETE /v1/customers/:id; what was attached is detached for good, the newest first. */
export function deleteCustomer(context: Context): JsonObject {
  const { world } = context;
  const customer = findCustomer(context, context.pathId, inPath);
  const owner: Owner = { kind: 'customer', id: customer.id };
  const by = { index: 'owner', keys: [ownerKey(owner)] } as const;
  const owned = [...world.paymentMethods.walk({ by, direction: 'newestFirst' })];
  for (const record of owned) commitDetach(context, record, owner);
  const last = { ...customer, defaultPaymentMethod: null };
  const deleted = { ...last, deleted: true };
  world.customers.put(deleted);
  emit(context, 'customer.deleted', { object: 'customer', record: last });
  return customerObject(deleted, viewOf(context));
}

/** GET /v1/customers, newest first (https://docs.stripe.com/api/customers/list). */
export function listCustomers(context: Context): JsonObject {
  const { world, parameters } = context;
  const [email, testClock] = [textOf(parameters, 'email'), textOf(parameters, 'test_clock')];
  return listObject(context, {
    collection: world.customers,
    by: email === undefined ? undefined : { index: 'email', keys: [email] },
    isWanted: ({ deleted, given }) => !deleted && (testClock === undefined || given['test_clock'] === testClock),
    show: (customer) => customerObject(customer, viewOf(context)),
    noSuchCursor: (id, where) => missing('customer', id, where),
    url: '/v1/customers',
  });
}

function changed(context: Context, customer: CustomerRecord, attaching?: string): CustomerRecord {
  const { parameters } = context;
  return {
    ...customer,
    name: textAfter(customer.name, parameters, 'name'),
    email: textAfter(customer.email, parameters, 'email'),
    phone: textAfter(customer.phone, parameters, 'phone'),
    description: textAfter(customer.description, parameters, 'description'),
    metadata: metadataAfter(customer.metadata, parameters),
    defaultPaymentMethod: defaultAfter(context, customer, attaching),
    given: givenAfter(customer.given, parameters, customerGiven),
    invoiceSettings: givenAfter(customer.invoiceSettings, formOf(parameters, 'invoice_settings'), invoiceSettingsGiven),
  };
}

function textAfter(before: string | null, parameters: Form, name: string): string | null {
  const text = textOf(parameters, name);
  if (text === undefined) return before;
  return text === '' ? null : text;
}

function defaultAfter(context: Context, customer: CustomerRecord, attaching: string | undefined): string | null {
  const id = textOf(formOf(context.parameters, 'invoice_settings'), 'default_payment_method');
  if (id === undefined) return customer.defaultPaymentMethod;
  if (id === '') return null;
  const owner = context.world.paymentMethods.get(id)?.owner ?? null;
  if (id !== attaching && !isOwner(owner, { kind: 'customer', id: customer.id })) {
    throw endpointFailures.notOfCustomer(id);
  }
  return id;
}

function hasChanged(before: CustomerRecord, now: CustomerRecord): boolean {
  return JSON.stringify(before) !== JSON.stringify(now);
}
