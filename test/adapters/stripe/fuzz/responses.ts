import fc from 'fast-check';
import { canaryKey } from '../samples.ts';
import type { RawResponse } from './rawServer.ts';

/** The answer to a call of which a faithful echo is given; `success` is its content, if it claims to be a 200. */
export type FuzzedResponse = (echo: object) => RawResponse & { readonly success: Buffer | null };

const status = fc.oneof(
  { weight: 3, arbitrary: fc.constant('200 OK') },
  { weight: 1, arbitrary: fc.constant('404 Not Found') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('400 x', '401 x', '402 x', '403 x', '404 x', '409 x', '429 x', '500 x', '503 x'),
  },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 999 }).map((code) => `${code} x`) },
  { weight: 1, arbitrary: fc.constantFrom('', '200', 'OK 200', '2000 x', '-1 x', '200 \u0000') },
);

// Stripe would never send these; whoever stands in between might.
const secrets = fc.constantFrom(canaryKey, canaryKey.toLowerCase(), `req_${canaryKey}`, `Bearer ${canaryKey}`);
const header = fc.oneof(
  fc.tuple(fc.constantFrom('request-id', 'stripe-should-retry', 'location', 'x-new'), fc.oneof(secrets, fc.string())),
  fc.tuple(fc.constant('request-id'), fc.stringMatching(/^req_[A-Za-z0-9]{1,20}$/)),
  fc.tuple(fc.constant('stripe-should-retry'), fc.constantFrom('true', 'false')),
  fc.tuple(fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 20 })),
  fc.constantFrom(
    ['content-encoding', 'gzip'] as const,
    ['transfer-encoding', 'chunked'] as const,
    ['connection', 'upgrade'] as const,
    ['set-cookie', 'a=b'] as const,
  ),
);

const error = fc.record({
  error: fc.record(
    {
      type: fc.oneof(
        fc.constantFrom('card_error', 'invalid_request_error', 'idempotency_error'),
        secrets,
        fc.jsonValue(),
      ),
      code: fc.oneof(fc.constantFrom('card_declined', 'resource_missing'), secrets, fc.jsonValue()),
      decline_code: fc.oneof(fc.constant('lost_card'), secrets),
      param: fc.oneof(fc.constantFrom('customer', 'payment_method'), secrets),
      message: secrets,
    },
    { requiredKeys: [] },
  ),
});

const json = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '');
const spoilt = fc.constantFrom('id', 'object', 'customer', 'customer_account', 'data', 'metadata', 'invoice_settings');

type Body = (echo: object) => Buffer;
const body: fc.Arbitrary<Body> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(json) },
  { weight: 2, arbitrary: error.map((value) => () => json(value)) },
  { weight: 2, arbitrary: fc.constant(() => json({ error: { code: 'resource_missing' } })) },
  fc.tuple(spoilt, fc.jsonValue()).map(([field, value]): Body => {
    return (echo) => json({ ...echo, [field]: value });
  }),
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map((share): Body => {
    return (echo) => json(echo).subarray(0, Math.floor(share * json(echo).length));
  }),
  fc
    .oneof(
      fc.jsonValue().map(json),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    )
    .map((bytes) => () => bytes),
);

/** How the length of the body is told: as it is, wrong, or by the end of the connection. */
const lengthOf = fc.oneof(
  { weight: 6, arbitrary: fc.constant((length: number) => `content-length: ${length}\r\n`) },
  fc.integer({ min: -5, max: 5 }).map((by) => (length: number) => `content-length: ${length + by}\r\n`),
  fc.constant(() => ''),
);

const wellTold = {
  status: fc.constantFrom('200 OK', '200 OK', '200 OK', '200 OK', '400 x', '402 x', '404 Not Found', '404 Not Found'),
  headers: fc.constant([]),
  body,
  lengthOf: fc.constant((length: number) => `content-length: ${length}\r\n`),
};

/** Any response, from what Stripe sends to what no server should. */
export const responses: fc.Arbitrary<FuzzedResponse> = fc
  .oneof(fc.record(wellTold), fc.record({ status, headers: fc.array(header, { maxLength: 4 }), body, lengthOf }))
  .map(({ status: statusLine, headers, body: bytes, lengthOf: tell }) => (echo) => {
    const content = bytes(echo);
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const head = `HTTP/1.1 ${statusLine}\r\n${lines}${tell(content.length)}\r\n`;
    const isPlain = headers.length === 0 && tell(1) === 'content-length: 1\r\n';
    return {
      bytes: Buffer.concat([Buffer.from(head, 'latin1'), content]),
      // What is not plainly whole ends with the connection, or the caller would wait for the rest until the deadline.
      close: !isPlain || statusLine.startsWith('1'),
      success: statusLine.startsWith('200') ? content : null,
    };
  });
