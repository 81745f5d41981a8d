import fc from 'fast-check';
import type { StripeGateway } from '../../../../src/adapters/stripe/index.ts';
import type { SetupRequest } from '../../../../src/application/ports/paymentMethodGateway.ts';
import type { CustomerReference, PaymentMethodId, SetupIntentId } from '../../../../src/domain/identifiers.ts';
import {
  cus,
  pm,
  setupRequest,
  stripeCustomer,
  stripeList,
  stripePaymentMethod,
  stripeSetupIntent,
} from '../samples.ts';

/** One call with whatever the caller came up with, and what it may come to on the wire. */
export type FuzzedCall = {
  readonly ask: (gateway: StripeGateway) => Promise<{ readonly evidence: object; readonly [field: string]: unknown }>;
  readonly method: 'GET' | 'POST';
  /** the path, with each id as the caller gave it */
  readonly path: readonly string[];
  /** the fields of the form or the query */
  readonly fields: readonly (readonly [string, string])[];
  readonly version: string;
  readonly key: string | null;
  /** a body by which Stripe says that all was done as asked */
  readonly echo: object;
  /** the outcome that only such a body may bring */
  readonly good: string;
  /** true for a body that says so; written without the gateway's schemas */
  readonly isSaidBy: (body: Json) => boolean;
};

type Json = { readonly [field: string]: unknown };

const version = '2025-10-29.clover';

/** Mostly an id as it should be, so that the good outcomes are reached as surely as the faults. */
const idOf = (prefix: string) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.stringMatching(/^[A-Za-z0-9_]{1,30}$/).map((rest) => `${prefix}_${rest}`) },
    { weight: 1, arbitrary: fc.stringMatching(/^(pm|cus|seti|acct)_[A-Za-z0-9_]{1,30}$/) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('', '.', '..', '../x', 'pm_1/detach', 'pm_1?x=1', 'pm_1#', '%2e%2e', 'pm_1\r\nx: y'),
    },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 8 }),
    },
  );
const headerText = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[a-z0-9-]{1,40}$/) },
  { weight: 1, arbitrary: fc.constantFrom('', ' a', 'a\r\nx-injected: 1', 'a\nb', 'é', 'a'.repeat(256)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
const keyed = fc.record({ idempotencyKey: headerText, apiVersion: fc.oneof(fc.constant(version), headerText) });
const reference = fc.oneof(
  fc.record({ kind: fc.constant('customer'), id: idOf('cus') }),
  fc.record({ kind: fc.constant('customerAccount'), id: idOf('acct') }),
) as fc.Arbitrary<CustomerReference>;
const fieldOf = (customer: CustomerReference) =>
  [customer.kind === 'customer' ? 'customer' : 'customer_account', customer.id] as const;
const ownerOf = (customer: CustomerReference) => ({ customer: null, [fieldOf(customer)[0]]: customer.id });

const attach = fc.tuple(idOf('pm').map(pm), reference, keyed).map(
  ([paymentMethodId, customer, under]): FuzzedCall => ({
    ask: (gateway) => gateway.attach({ paymentMethodId, customer, ...under }),
    method: 'POST',
    path: ['v1', 'payment_methods', paymentMethodId, 'attach'],
    fields: [fieldOf(customer)],
    ...wire(under),
    echo: stripePaymentMethod({ id: paymentMethodId, ...ownerOf(customer) }),
    good: 'attached',
    isSaidBy: (body) => isOf(body, paymentMethodId) && idIn(body[fieldOf(customer)[0]]) === customer.id,
  }),
);

const detach = fc.tuple(idOf('pm').map(pm), keyed).map(
  ([paymentMethodId, under]): FuzzedCall => ({
    ask: (gateway) => gateway.detach({ paymentMethodId, ...under }),
    method: 'POST',
    path: ['v1', 'payment_methods', paymentMethodId, 'detach'],
    fields: [],
    ...wire(under),
    echo: stripePaymentMethod({ id: paymentMethodId, customer: null }),
    good: 'detached',
    isSaidBy: (body) => body['id'] === paymentMethodId && isNone(body['customer']) && isNone(body['customer_account']),
  }),
);

const setDefault = fc.tuple(idOf('pm').map(pm), idOf('cus').map(cus), keyed).map(
  ([paymentMethodId, customer, under]): FuzzedCall => ({
    ask: (gateway) => gateway.setDefault({ paymentMethodId, customer, ...under }),
    method: 'POST',
    path: ['v1', 'customers', customer],
    fields: [['invoice_settings[default_payment_method]', paymentMethodId]],
    ...wire(under),
    echo: stripeCustomer({ id: customer, invoice_settings: { default_payment_method: paymentMethodId } }),
    good: 'set',
    isSaidBy: (body) =>
      body['id'] === customer && idIn(asJson(body['invoice_settings'])['default_payment_method']) === paymentMethodId,
  }),
);

const setup = fc
  .tuple(reference, fc.option(fc.array(fc.string({ maxLength: 8 }), { minLength: 1, maxLength: 3 })), keyed)
  .map(([customer, paymentMethodTypes, under]): FuzzedCall => {
    const request: SetupRequest = setupRequest({ customer, paymentMethodTypes, ...under });
    const types = paymentMethodTypes?.map((type, index) => [`payment_method_types[${index}]`, type] as const);
    return {
      ask: (gateway) => gateway.createSetupIntent(request),
      method: 'POST',
      path: ['v1', 'setup_intents'],
      fields: [
        fieldOf(customer),
        ['usage', 'off_session'],
        ...(types ?? [['automatic_payment_methods[enabled]', 'true'] as const]),
        ['metadata[attach_payment_method_attempt_id]', request.attemptId],
      ],
      ...wire(under),
      echo: stripeSetupIntent(ownerOf(customer)),
      good: 'created',
      isSaidBy: (body) =>
        idIn(body[fieldOf(customer)[0]]) === customer.id &&
        asJson(body['metadata'])['attach_payment_method_attempt_id'] === request.attemptId,
    };
  });

const looks = fc.oneof(
  idOf('pm').map(
    (asked): FuzzedCall => ({
      ask: (gateway) => gateway.lookUp(asked as PaymentMethodId),
      path: ['v1', 'payment_methods', asked],
      echo: stripePaymentMethod({ id: asked }),
      isSaidBy: (body) => isOf(body, asked),
      ...look,
    }),
  ),
  idOf('cus').map(
    (asked): FuzzedCall => ({
      ask: (gateway) => gateway.lookUpCustomer(cus(asked)),
      path: ['v1', 'customers', asked],
      echo: stripeCustomer({ id: asked }),
      isSaidBy: (body) => body['id'] === asked,
      ...look,
    }),
  ),
  idOf('seti').map(
    (asked): FuzzedCall => ({
      ask: (gateway) => gateway.lookUpSetupIntent(asked as SetupIntentId),
      path: ['v1', 'setup_intents', asked],
      echo: stripeSetupIntent({ id: asked }),
      isSaidBy: (body) => body['id'] === asked,
      ...look,
    }),
  ),
  fc.tuple(idOf('cus').map(cus), idOf('pm').map(pm)).map(
    ([customer, after]): FuzzedCall => ({
      ask: (gateway) => gateway.listPaymentMethods({ customer: { kind: 'customer', id: customer }, after, limit: 7 }),
      path: ['v1', 'customers', customer, 'payment_methods'],
      echo: stripeList([stripePaymentMethod({ customer })]),
      isSaidBy: ({ data }) => Array.isArray(data) && data.every((one) => idIn(asJson(one)['customer']) === customer),
      ...look,
      fields: [
        ['limit', '7'],
        ['starting_after', after],
      ],
    }),
  ),
  idOf('evt').map(
    (after): FuzzedCall => ({
      ask: (gateway) => gateway.listEvents({ createdFrom: 1_763_900_000, createdTo: 1_763_999_999, after, limit: 7 }),
      path: ['v1', 'events'],
      echo: stripeList([stripeEvent]),
      isSaidBy: ({ data }) =>
        Array.isArray(data) && data.every((one) => eventTypes.includes(String(asJson(one)['type']))),
      ...look,
      fields: [
        ['limit', '7'],
        ...eventTypes.map((type, index) => [`types[${index}]`, type] as const),
        ['created[gte]', '1763900000'],
        ['created[lte]', '1763999999'],
        ['starting_after', after],
      ],
    }),
  ),
);

const eventTypes = [
  'payment_method.attached',
  'payment_method.detached',
  'payment_method.updated',
  'payment_method.automatically_updated',
  'setup_intent.succeeded',
  'customer.deleted',
];
const stripeEvent = {
  id: 'evt_1Fuzzed',
  object: 'event',
  api_version: version,
  created: 1_763_900_001,
  data: { object: stripePaymentMethod() },
  livemode: false,
  pending_webhooks: 0,
  request: { id: 'req_1', idempotency_key: 'key-1' },
  type: 'payment_method.attached',
};

const look = { method: 'GET', fields: [], version, key: null, good: 'found' } as const;

/** True for the one asked for, or for what Stripe makes of a test alias. */
function isOf({ id: answered }: Json, asked: string): boolean {
  return answered === asked || (/^pm_(card|usBankAccount)_/.test(asked) && String(answered).startsWith('pm_'));
}

function idIn(value: unknown): unknown {
  return typeof value === 'string' ? value : asJson(value)['id'];
}

function isNone(value: unknown): boolean {
  return value === null || value === undefined;
}

function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function wire({ idempotencyKey, apiVersion }: { readonly idempotencyKey: string; readonly apiVersion: string }) {
  return { version: apiVersion, key: idempotencyKey };
}

/** Any call of the gateway. */
export const calls: fc.Arbitrary<FuzzedCall> = fc.oneof(
  { weight: 3, arbitrary: attach },
  detach,
  setDefault,
  { weight: 2, arbitrary: setup },
  {
    weight: 2,
    arbitrary: looks,
  },
);
