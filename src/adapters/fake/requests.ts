import type {
  AttachRequest,
  DetachRequest,
  EventsRequest,
  ListRequest,
  SetDefaultRequest,
  SetupRequest,
} from '../../application/ports/paymentMethodGateway.ts';
import type { CustomerId, CustomerReference, PaymentMethodId, SetupIntentId } from '../../domain/identifiers.ts';
import type { ScriptedFault, StripeRequest } from '../simulator/index.ts';

/** One call the fake was asked for. */
export type FakeRequest =
  | ({ readonly method: 'attach' } & AttachRequest)
  | ({ readonly method: 'detach' } & DetachRequest)
  | ({ readonly method: 'setDefault' } & SetDefaultRequest)
  | ({ readonly method: 'createSetupIntent' } & SetupRequest)
  | { readonly method: 'lookUp'; readonly paymentMethodId: PaymentMethodId }
  | { readonly method: 'lookUpCustomer'; readonly customer: CustomerId }
  | { readonly method: 'lookUpSetupIntent'; readonly setupIntentId: SetupIntentId }
  | ({ readonly method: 'listPaymentMethods' } & ListRequest)
  | ({ readonly method: 'listEvents' } & EventsRequest);

/** The types of events that tell the trail something. */
const listedTypes = [
  'payment_method.attached',
  'payment_method.detached',
  'payment_method.updated',
  'payment_method.automatically_updated',
  'setup_intent.succeeded',
  'customer.deleted',
];

/** Which requests of the simulator's each method makes. */
export const requestsOf: Readonly<Record<FakeRequest['method'], NonNullable<ScriptedFault['match']>>> = {
  attach: { method: 'POST', path: /\/attach$/ },
  detach: { method: 'POST', path: /\/detach$/ },
  setDefault: { method: 'POST', path: /^\/v1\/customers\/[^/]+$/ },
  createSetupIntent: { method: 'POST', path: /^\/v1\/setup_intents$/ },
  lookUp: { method: 'GET', path: /^\/v1\/payment_methods\/[^/]+$/ },
  lookUpCustomer: { method: 'GET', path: /^\/v1\/customers\/[^/]+$/ },
  lookUpSetupIntent: { method: 'GET', path: /^\/v1\/setup_intents\/[^/]+$/ },
  listPaymentMethods: { method: 'GET', path: /\/payment_methods$/ },
  listEvents: { method: 'GET', path: /^\/v1\/events$/ },
};

/** The request that asks this of the simulator, under the version of the request or else of the gateway. */
export function toStripeRequest(request: FakeRequest, apiVersion: string): StripeRequest {
  const get = (path: string, fields: Fields = []) => getRequest(path, fields, apiVersion);
  switch (request.method) {
    case 'attach':
      return post(`/v1/payment_methods/${request.paymentMethodId}/attach`, [customerField(request.customer)], request);
    case 'detach':
      return post(`/v1/payment_methods/${request.paymentMethodId}/detach`, [], request);
    case 'setDefault':
      return post(
        `/v1/customers/${request.customer}`,
        [['invoice_settings[default_payment_method]', request.paymentMethodId]],
        request,
      );
    case 'createSetupIntent':
      return post('/v1/setup_intents', setupFields(request), request);
    case 'lookUp':
      return get(`/v1/payment_methods/${request.paymentMethodId}`);
    case 'lookUpCustomer':
      return get(`/v1/customers/${request.customer}`);
    case 'lookUpSetupIntent':
      return get(`/v1/setup_intents/${request.setupIntentId}`);
    case 'listPaymentMethods':
      return request.customer.kind === 'customer'
        ? get(`/v1/customers/${request.customer.id}/payment_methods`, pageFields(request))
        : get('/v1/payment_methods', [customerField(request.customer), ...pageFields(request)]);
    case 'listEvents':
      return get('/v1/events', [...eventFields(request), ...pageFields(request)]);
    default:
      return request satisfies never;
  }
}

type Fields = [name: string, value: string][];
type Keyed = { readonly apiVersion: string; readonly idempotencyKey: string };

function post(path: string, fields: Fields, { apiVersion, idempotencyKey }: Keyed): StripeRequest {
  const headers = { 'stripe-version': apiVersion, 'idempotency-key': idempotencyKey };
  return { method: 'POST', path, headers, body: new URLSearchParams(fields).toString() };
}

function getRequest(path: string, fields: Fields, apiVersion: string): StripeRequest {
  const headers = { 'stripe-version': apiVersion };
  return { method: 'GET', path, headers, query: new URLSearchParams(fields).toString() };
}

function customerField({ kind, id }: CustomerReference): Fields[number] {
  return [kind === 'customer' ? 'customer' : 'customer_account', id];
}

function setupFields({ customer, usage, paymentMethodTypes, attemptId }: SetupRequest): Fields {
  const types = paymentMethodTypes?.map((type, index): Fields[number] => [`payment_method_types[${index}]`, type]);
  return [
    customerField(customer),
    ['usage', usage],
    ...(types ?? [['automatic_payment_methods[enabled]', 'true'] satisfies Fields[number]]),
    ['metadata[attach_payment_method_attempt_id]', attemptId],
  ];
}

function eventFields({ createdFrom, createdTo }: EventsRequest): Fields {
  const types = listedTypes.map((type, index): Fields[number] => [`types[${index}]`, type]);
  const fields: Fields = [...types, ['created[gte]', String(createdFrom)]];
  return createdTo === undefined ? fields : [...fields, ['created[lte]', String(createdTo)]];
}

function pageFields({ after, limit }: Pick<EventsRequest, 'limit' | 'after'>): Fields {
  const page: Fields = [['limit', String(limit ?? 100)]];
  return after === undefined ? page : [...page, ['starting_after', after]];
}
