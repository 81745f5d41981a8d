import Stripe19 from 'stripe';
import Stripe23 from 'stripe-23';

type Method = (...args: readonly (string | object)[]) => Promise<Answer>;

/** What an SDK answers: the object, with the response it came in. */
export type Answer = {
  readonly id: string;
  readonly lastResponse: {
    readonly statusCode: number;
    readonly requestId: string;
    readonly apiVersion?: string;
    readonly idempotencyKey?: string;
    readonly stripeAccount?: string;
    readonly headers: Readonly<Record<string, string>>;
  };
};

/** What of an SDK the battery drives: the same in every version. */
export type Sdk = {
  readonly paymentMethods: Readonly<Record<'attach' | 'create' | 'detach' | 'retrieve' | 'update' | 'list', Method>>;
  readonly customers: Readonly<Record<'create' | 'retrieve' | 'update' | 'del' | 'listPaymentMethods', Method>>;
  readonly setupIntents: Readonly<Record<'create' | 'retrieve' | 'update' | 'confirm' | 'cancel' | 'list', Method>>;
  readonly paymentIntents: Readonly<Record<'create' | 'retrieve' | 'confirm', Method>>;
  readonly events: Readonly<Record<'list' | 'retrieve', Method>>;
  readonly webhookEndpoints: Readonly<Record<'create' | 'retrieve' | 'update' | 'del' | 'list', Method>>;
};

export type SdkConfig = {
  readonly host: string;
  readonly port: string;
  readonly protocol: 'http';
  readonly maxNetworkRetries: number;
  readonly telemetry: boolean;
};

type SdkClass = {
  new (apiKey: string | undefined, config: SdkConfig & { readonly authenticator?: () => Promise<void> }): unknown;
  readonly errors: Readonly<Record<ErrorName, new (...args: never[]) => Error>>;
  readonly webhooks: { constructEvent(body: string, signature: string, secret: string): { readonly id: string } };
};

export type ErrorName =
  | 'StripeAPIError'
  | 'StripeAuthenticationError'
  | 'StripeCardError'
  | 'StripeConnectionError'
  | 'StripeIdempotencyError'
  | 'StripeInvalidRequestError'
  | 'StripePermissionError'
  | 'StripeRateLimitError';

export type Major = '19' | '20' | '23';

/** Its types would declare the module `stripe` a second time, so they are not asked for. */
const named = async (name: string) => ((await import(name)) as { default: SdkClass }).default;

/** The official SDK, as published, in three majors. */
export const sdks: Readonly<Record<Major, { readonly sdk: SdkClass; readonly apiVersion: string }>> = {
  '19': { sdk: Stripe19 as unknown as SdkClass, apiVersion: '2025-10-29.clover' },
  '20': { sdk: await named('stripe-20'), apiVersion: '2025-12-15.clover' },
  '23': { sdk: Stripe23 as unknown as SdkClass, apiVersion: '2026-10-28.endive' },
};

export const majors: readonly Major[] = ['19', '20', '23'];

/** A client for a simulator; without an API key it sends none. */
export function clientOf(major: Major, url: string, apiKey: string | undefined, maxNetworkRetries = 0): Sdk {
  const { sdk } = sdks[major];
  const { hostname: host, port } = new URL(url);
  const config: SdkConfig = { host, port, protocol: 'http', maxNetworkRetries, telemetry: false };
  const noKey = { authenticator: async () => {} };
  return new sdk(apiKey, apiKey === undefined ? { ...config, ...noKey } : config) as Sdk;
}
