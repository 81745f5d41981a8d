import { checkAttach, commitAttach, commitDetach, findForAttach } from './attach.ts';
import type { Context } from './context.ts';
import { expands, secondsOf } from './context.ts';
import { failures } from './failures.ts';
import type { Form } from './form.ts';
import { formOf, textOf } from './form.ts';
import { listObject } from './lists.ts';
import { customerObject, paymentMethodObject } from './objects.ts';
import { mergeMetadata } from './parameters.ts';
import type { CustomerRecord, Owner } from './vault.ts';
import { isOwner } from './vault.ts';
import type { JsonObject } from './wire.ts';

const defaultPaymentMethod = 'invoice_settings.default_payment_method';

/** POST /v1/customers; `payment_method` is attached by the same rules, or nothing is made. */
export function createCustomer(context: Context): JsonObject {
  const blank = newCustomer(context.ids.customer(), context.ids.invoicePrefix(), secondsOf(context));
  const owner: Owner = { kind: 'customer', id: blank.id };
  const attachId = textOf(context.parameters, 'payment_method');
  const toAttach = attachId === undefined ? undefined : findForAttach(context, attachId, 400);
  if (toAttach !== undefined) checkAttach(context, toAttach, owner);
  const customer = changed(context, blank, toAttach?.id);
  context.vault.customers.set(customer.id, customer);
  if (toAttach !== undefined) commitAttach(context, toAttach, owner);
  return showCustomer(context, customer);
}

/** POST /v1/customers/:id (https://docs.stripe.com/api/customers/update). */
export function updateCustomer(context: Context): JsonObject {
  const customer = changed(context, requireCustomer(context));
  context.vault.customers.set(customer.id, customer);
  return showCustomer(context, customer);
}

/** GET /v1/customers/:id; a deleted one is shown as deleted. */
export function retrieveCustomer(context: Context): JsonObject {
  const customer = context.vault.customers.get(context.pathId);
  if (customer === undefined) throw failures.noSuchCustomer(context.pathId, 'id', 404);
  return showCustomer(context, customer);
}

/** DELETE /v1/customers/:id; what was attached is detached for good. */
export function deleteCustomer(context: Context): JsonObject {
  const customer = requireCustomer(context);
  const owner: Owner = { kind: 'customer', id: customer.id };
  for (const record of context.vault.paymentMethodsOf(owner)) commitDetach(context, record, owner);
  const deleted = { ...customer, deleted: true };
  context.vault.customers.set(customer.id, deleted);
  return customerObject(deleted, context.version);
}

/** GET /v1/customers, newest first (https://docs.stripe.com/api/customers/list). */
export function listCustomers(context: Context): JsonObject {
  const email = textOf(context.parameters, 'email');
  const records = [...context.vault.customers.values()]
    .filter((customer) => !customer.deleted && (email === undefined || customer.email === email))
    .toReversed();
  return listObject(context, records, '/v1/customers', {
    show: (customer) => customerObject(customer, context.version),
    noSuchCursor: failures.noSuchCustomer,
  });
}

/** A customer of whom nothing is known. */
export function newCustomer(id: string, invoicePrefix: string, created: number): CustomerRecord {
  return {
    id,
    created,
    name: null,
    email: null,
    phone: null,
    description: null,
    metadata: {},
    defaultPaymentMethod: null,
    invoicePrefix,
    deleted: false,
  };
}

function requireCustomer(context: Context): CustomerRecord {
  const customer = context.vault.customer(context.pathId);
  if (customer === undefined) throw failures.noSuchCustomer(context.pathId, 'id', 404);
  return customer;
}

function changed(context: Context, customer: CustomerRecord, attaching?: string): CustomerRecord {
  const { parameters } = context;
  expands(context, defaultPaymentMethod);
  return {
    ...customer,
    name: textAfter(customer.name, parameters, 'name'),
    email: textAfter(customer.email, parameters, 'email'),
    phone: textAfter(customer.phone, parameters, 'phone'),
    description: textAfter(customer.description, parameters, 'description'),
    metadata: mergeMetadata(customer.metadata, formOf(parameters, 'metadata')),
    defaultPaymentMethod: defaultAfter(context, customer, attaching),
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
  const owner = context.vault.paymentMethods.get(id)?.owner ?? null;
  if (id !== attaching && !isOwner(owner, { kind: 'customer', id: customer.id })) throw failures.notOfCustomer(id);
  return id;
}

function showCustomer(context: Context, customer: CustomerRecord): JsonObject {
  const record = context.vault.paymentMethods.get(customer.defaultPaymentMethod ?? '');
  if (!expands(context, defaultPaymentMethod) || record === undefined) return customerObject(customer, context.version);
  return customerObject(customer, context.version, paymentMethodObject(record, context.version));
}
