import fc from 'fast-check';
import { attemptIdKey } from '../../../../src/adapters/stripe/objects/setupIntent.ts';
import { stripePaymentMethod } from '../samples.ts';
import { secret, signatureOf, signedAt, stripeEvent } from './deliveries.ts';

/** What must never be told, and stands wherever a text may: a key of Stripe's. */
export const canary = 'CANARY0123456789';
const apiKey = `sk_test_${canary}`;

/** A delivery as it is made up: what is wrong with it, and a new Request of it each time. */
export type AnyDelivery = { readonly kind: string; readonly makeRequest: () => Request };

type Made = { readonly body: Uint8Array | string; readonly signature?: string; readonly method?: string };

const url = `http://127.0.0.1/stripe?key=${apiKey}`;

function requestOf({ body, signature, method = 'POST' }: Made): Request {
  const headers = new Headers({ authorization: `Bearer ${apiKey}` });
  if (signature !== undefined) headers.set('stripe-signature', signature);
  const bodiless = method === 'GET' || method === 'HEAD';
  return new Request(url, { method, headers, ...(bodiless ? {} : { body: Buffer.from(body) }) });
}

function delivered(kind: string, made: Made): AnyDelivery {
  return { kind, makeRequest: () => requestOf(made) };
}

/** Signed under the endpoint's own secret, at the instant it arrives. */
function signed(kind: string, body: Uint8Array | string): AnyDelivery {
  const bytes = Buffer.from(body);
  return delivered(kind, { body: bytes, signature: `t=${signedAt},v1=${signatureOf(bytes)}` });
}

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(apiKey, secret, '', '\u0000', '\ud834', '\udc00x', 'a\nb', '../x', '{}') },
  fc.string({ unit: 'binary', maxLength: 300 }),
);
const odd = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.constantFrom(null, -1, 1e300, {}, [], { id: 'pm_1' }, { id: apiKey }) },
);
const often = <Value>(value: fc.Arbitrary<Value>) => fc.oneof({ weight: 5, arbitrary: value }, odd);
const id = (prefix: string) => fc.constantFrom('1', 'Ana', '2').map((end) => `${prefix}_${end}`);

const type = fc.constantFrom(
  'payment_method.attached',
  'payment_method.detached',
  'payment_method.updated',
  'payment_method.automatically_updated',
  'setup_intent.succeeded',
  'customer.deleted',
  'invoice.paid',
);

/** Objects of which every part is mostly right: `part` says how often. */
function objectOf(part: <Value>(value: fc.Arbitrary<Value>) => fc.Arbitrary<unknown>) {
  const card = fc.record({ brand: part(fc.constant('visa')), last4: part(fc.constant('4242')), country: odd });
  const paymentMethod = fc
    .record({ id: part(id('pm')), customer: part(id('cus')), customer_account: part(fc.constant(null)), card })
    .map(({ card: changes, ...changed }) => {
      const whole = stripePaymentMethod();
      return { ...whole, ...changed, card: { ...(whole['card'] as object), ...changes } };
    });
  const setupIntent = fc.record({
    id: part(id('seti')),
    object: fc.constant('setup_intent'),
    customer: part(id('cus')),
    payment_method: part(id('pm')),
    metadata: part(fc.record({ [attemptIdKey]: fc.constantFrom('setup-1', 'setup-2', 'a b', '\u0000') })),
  });
  const customer = fc.record({ id: part(id('cus')), object: fc.constant('customer') });
  return { paymentMethod, setupIntent, customer };
}

function eventOf(part: <Value>(value: fc.Arbitrary<Value>) => fc.Arbitrary<unknown>) {
  const { paymentMethod, setupIntent, customer } = objectOf(part);
  const head = fc.record({
    id: part(id('evt')),
    created: part(fc.constant(signedAt)),
    api_version: part(fc.constant('2025-10-29.clover')),
    request: part(fc.record({ id: odd, idempotency_key: odd })),
    previous: part(fc.record({ customer: part(id('cus')) })),
  });
  return type.chain((of) => {
    const object = of.startsWith('setup') ? setupIntent : of.startsWith('customer') ? customer : paymentMethod;
    return fc.tuple(head, object).map(([{ previous, ...rest }, held]) => {
      const data = { object: held, ...(of.endsWith('detached') ? { previous_attributes: previous } : {}) };
      return JSON.stringify(stripeEvent({ ...rest, type: of, data, account: undefined }));
    });
  });
}

const bytes = fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' }), fc.json(), fc.constant(apiKey));
const header = fc.oneof(
  fc.tuple(fc.string(), fc.string()).map(([one, two]) => `t=${one},v1=${two}`),
  fc.constantFrom(undefined, '', apiKey, secret, `t=${signedAt},v1=${secret}`, `t=${signedAt}`, 'v1='),
);
/** What a header can carry. */
const sendable = header.map((found) => found?.replaceAll(/[^\x20-\x7e]/g, '?'));
const large = Buffer.alloc(1024 * 1024 + 1, 'x');

/** Any delivery at all: unsigned, signed and garbage, an event, an event of which anything may be odd. */
export const anyDelivery: fc.Arbitrary<AnyDelivery> = fc.oneof(
  {
    weight: 60,
    arbitrary: fc
      .tuple(bytes, sendable)
      .map(([body, signature]) => delivered('unsigned', { body, ...(signature === undefined ? {} : { signature }) })),
  },
  { weight: 60, arbitrary: bytes.map((body) => signed('signed garbage', body)) },
  { weight: 100, arbitrary: eventOf((value) => value).map((body) => signed('event', body)) },
  { weight: 200, arbitrary: eventOf(often).map((body) => signed('odd event', body)) },
  {
    weight: 10,
    arbitrary: fc
      .constantFrom('GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD')
      .map((method) => delivered('odd method', { body: '', method })),
  },
  { weight: 4, arbitrary: fc.constant(delivered('large', { body: large })) },
);
