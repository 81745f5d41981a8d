import { attach, detach } from './attach.ts';
import type { Context } from './context.ts';
import { createCustomer, deleteCustomer, listCustomers, retrieveCustomer, updateCustomer } from './customers.ts';
import type { Shapes } from './parameters.ts';
import {
  createPaymentMethod,
  listCustomersPaymentMethods,
  listPaymentMethods,
  retrievePaymentMethod,
} from './paymentMethods.ts';
import { paymentMethodTypes } from './types.ts';
import type { JsonObject } from './wire.ts';

export type Route = {
  readonly method: string;
  /** `:id` stands for one segment */
  readonly path: string;
  readonly parameters: Shapes;
  /** what a restricted key must be allowed to do: the part between `rak_` and `_read` or `_write` */
  readonly permission: string;
  readonly run: (context: Context) => JsonObject;
};

const page: Shapes = { limit: 'text', starting_after: 'text' };
const expandable: Shapes = { expand: 'list' };
const customerFields: Shapes = {
  ...expandable,
  name: 'unsettable',
  email: 'unsettable',
  phone: 'unsettable',
  description: 'unsettable',
  metadata: 'free',
  invoice_settings: { default_payment_method: 'unsettable' },
};

const typeHashes: Shapes = {
  ...Object.fromEntries([...paymentMethodTypes.keys()].map((type) => [type, {}])),
  card: { token: 'text', number: 'text', exp_month: 'text', exp_year: 'text', cvc: 'text' },
  sepa_debit: { iban: 'text' },
  us_bank_account: {
    account_holder_type: 'text',
    account_number: 'text',
    account_type: 'text',
    routing_number: 'text',
  },
  ideal: { bank: 'text' },
};

const address: Shapes = {
  city: 'unsettable',
  country: 'unsettable',
  line1: 'unsettable',
  line2: 'unsettable',
  postal_code: 'unsettable',
  state: 'unsettable',
};

const newPaymentMethodFields: Shapes = {
  ...expandable,
  ...typeHashes,
  type: 'text',
  customer: 'text',
  metadata: 'free',
  allow_redisplay: 'text',
  billing_details: { address, email: 'unsettable', name: 'unsettable', phone: 'unsettable', tax_id: 'unsettable' },
};

/** Every endpoint of the simulator. */
const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/payment_methods/:id/attach',
    parameters: { ...expandable, customer: 'text', customer_account: 'text' },
    permission: 'payment_method',
    run: attach,
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id/detach',
    parameters: expandable,
    permission: 'payment_method',
    run: detach,
  },
  {
    method: 'GET',
    path: '/v1/payment_methods/:id',
    parameters: expandable,
    permission: 'payment_method',
    run: retrievePaymentMethod,
  },
  {
    method: 'POST',
    path: '/v1/payment_methods',
    parameters: newPaymentMethodFields,
    permission: 'payment_method',
    run: createPaymentMethod,
  },
  {
    method: 'GET',
    path: '/v1/payment_methods',
    parameters: { ...page, customer: 'text', customer_account: 'text', type: 'text' },
    permission: 'payment_method',
    run: listPaymentMethods,
  },
  {
    method: 'GET',
    path: '/v1/customers/:id/payment_methods',
    parameters: { ...page, type: 'text' },
    permission: 'payment_method',
    run: listCustomersPaymentMethods,
  },
  {
    method: 'POST',
    path: '/v1/customers',
    parameters: { ...customerFields, payment_method: 'text' },
    permission: 'customer',
    run: createCustomer,
  },
  {
    method: 'GET',
    path: '/v1/customers',
    parameters: { ...page, email: 'text' },
    permission: 'customer',
    run: listCustomers,
  },
  {
    method: 'POST',
    path: '/v1/customers/:id',
    parameters: customerFields,
    permission: 'customer',
    run: updateCustomer,
  },
  {
    method: 'GET',
    path: '/v1/customers/:id',
    parameters: expandable,
    permission: 'customer',
    run: retrieveCustomer,
  },
  {
    method: 'DELETE',
    path: '/v1/customers/:id',
    parameters: {},
    permission: 'customer',
    run: deleteCustomer,
  },
];

/** The endpoint for this method and path, and the id its path names; undefined where there is none. */
export function findRoute(method: string, path: string): { route: Route; pathId: string } | undefined {
  const segments = path.split('/').map(decodedSegment);
  for (const route of routes) {
    const pathId = route.method === method ? matchedId(route.path.split('/'), segments) : undefined;
    if (pathId !== undefined) return { route, pathId };
  }
  return undefined;
}

function matchedId(pattern: readonly string[], segments: readonly string[]): string | undefined {
  if (pattern.length !== segments.length) return undefined;
  let id = '';
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part === ':id' && segment !== '') id = segment;
    else if (part !== segment) return undefined;
  }
  return id;
}

function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
