import type { StripeAccount, StripeAccountOptions } from '../../../../src/adapters/simulator/index.ts';
import type { Answer, ErrorName, Major, Sdk } from './sdks.ts';

/** Every row of the table of errors that attach and what belongs to it can produce, by a short name. */
export const errorRows = [
  'path id unknown',
  'path id unknown, on a platform',
  'platform payment method with Stripe-Account, in the path',
  'platform payment method with Stripe-Account, in a body',
  'wrong mode, in the path',
  'wrong mode, in a body',
  'customer unknown, in a body',
  'customer unknown, in the path',
  'customer deleted',
  'no customer given',
  'already on another customer',
  'already on the same customer',
  'detached before',
  'used before, on an intent',
  'type not saveable',
  'too many payment methods',
  'generic decline',
  'wrong CVC',
  'expired',
  'postcode',
  'processing error',
  'too many declines',
  'bad number',
  'unknown parameter',
  'unknown parameters',
  'bad key',
  'no key',
  'expired key',
  'publishable key',
  'restricted key',
  'lock',
  'lock, of a GET',
  'rate limit',
  'key reused, other parameters',
  'key reused, other path',
  'key in flight',
  'server 500',
  'edge 502',
  'edge 503',
  'edge 504',
  'upstream 424',
  'customer at creation',
  'detach of what is not attached',
  'raw card number',
] as const;

export type ErrorRow = (typeof errorRows)[number];

/** What an SDK throws. */
export type Refusal = {
  readonly error: ErrorName;
  readonly statusCode?: number;
  readonly rawType?: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
  readonly message: string;
  /** false where the response has no request id */
  readonly requestId?: false;
  /** `stripe-should-retry` under a key; absent where it is left out */
  readonly shouldRetry?: 'true' | 'false';
  /** more of the error as it was sent */
  readonly raw?: Readonly<Record<string, unknown>>;
  /** other headers */
  readonly headers?: Readonly<Record<string, string>>;
};

export type Battery = {
  readonly row: ErrorRow;
  readonly options?: StripeAccountOptions;
  readonly given?: (account: StripeAccount) => void;
  /** the API key; null for none */
  readonly apiKey?: string | null;
  readonly ask: (sdk: Sdk, options: Asked, account: StripeAccount) => Promise<Answer>;
  readonly refusal: Refusal | null;
  /** whether the outcome is saved under its key, so that the same request again is a replay */
  readonly saved?: true;
  /** what another major makes of the same response */
  readonly differs?: Partial<Record<Major, Partial<Refusal>>>;
};

/** How a request is sent. */
export type Asked = { readonly idempotencyKey?: string; readonly stripeAccount?: string };

export const pm = 'pm_1Battery';
export const cus = 'cus_Battery';
export const missing = {
  error: 'StripeInvalidRequestError',
  rawType: 'invalid_request_error',
  code: 'resource_missing',
} as const;
export const invalid = {
  error: 'StripeInvalidRequestError',
  rawType: 'invalid_request_error',
  statusCode: 400,
} as const;
export const declined = {
  error: 'StripeCardError',
  rawType: 'card_error',
  statusCode: 402,
  shouldRetry: 'false',
} as const;

/** Attaches the payment method of the battery, or another, to its customer, or to another. */
export const attach =
  (id = pm, params: object = { customer: cus }): Battery['ask'] =>
  (sdk, options) =>
    sdk.paymentMethods.attach(id, params, options);
