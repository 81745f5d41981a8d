import type { StripeAccount } from '../../../../src/adapters/simulator/index.ts';
import { faultsMet } from '../support.ts';
import type { Battery } from './rows.ts';
import { attach, cus, invalid, pm } from './rows.ts';

const restricted = 'rk_test_0123456789wXyZ';
const otherKey = 'sk_test_0123456789wXyZ';
const edge = {
  error: 'StripeAPIError',
  message: 'Invalid JSON received from the Stripe API',
  requestId: false,
} as const;
const lock = {
  error: 'StripeRateLimitError',
  rawType: 'invalid_request_error',
  statusCode: 429,
  code: 'lock_timeout',
  message:
    'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request. If you see this error frequently and are making multiple concurrent requests to a single object, make your requests serially or at a lower rate.',
  shouldRetry: 'true',
} as const;
const idempotency = { error: 'StripeIdempotencyError', rawType: 'idempotency_error', statusCode: 400 } as const;

/** Holds the payment method for a while by another request. */
const held = (account: StripeAccount) => account.faults.next({ fault: 'delay', ms: 300, holdsLocks: true });

/** Another request first, which is answered meanwhile. */
const after =
  (first: Battery['ask'], then: Battery['ask']): Battery['ask'] =>
  async (sdk, options, account) => {
    const answer = first(sdk, options, account);
    await faultsMet(account);
    const [, second] = await Promise.allSettled([answer, then(sdk, options, account)]);
    if (second.status === 'rejected') throw second.reason;
    return second.value;
  };

/** What is refused before an endpoint runs, and what goes wrong while it does. */
export const requestRows: readonly Battery[] = [
  {
    row: 'unknown parameter',
    ask: attach(pm, { customer: cus, foo: '1' }),
    refusal: { ...invalid, code: 'parameter_unknown', param: 'foo', message: 'Received unknown parameter: foo' },
  },
  {
    row: 'unknown parameters',
    ask: attach(pm, { customer: cus, a: '1', b: '2' }),
    refusal: { ...invalid, code: 'parameter_unknown', param: 'a', message: 'Received unknown parameters: a, b' },
  },
  {
    row: 'bad key',
    options: { apiKeys: [otherKey] },
    ask: attach(),
    refusal: {
      error: 'StripeAuthenticationError',
      rawType: 'invalid_request_error',
      statusCode: 401,
      message: 'Invalid API Key provided: sk_test_****p7dc',
      requestId: false,
      headers: { 'www-authenticate': 'Bearer realm="Stripe"' },
    },
  },
  {
    row: 'no key',
    apiKey: null,
    ask: attach(),
    refusal: {
      error: 'StripeAuthenticationError',
      rawType: 'invalid_request_error',
      statusCode: 401,
      message:
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
      requestId: false,
    },
  },
  {
    row: 'expired key',
    options: { expiredApiKeys: [otherKey] },
    apiKey: otherKey,
    ask: attach(),
    refusal: {
      error: 'StripeAuthenticationError',
      statusCode: 401,
      code: 'api_key_expired',
      message: 'Expired API Key provided: sk_test_****wXyZ',
      requestId: false,
    },
  },
  {
    row: 'publishable key',
    apiKey: 'pk_test_0123456789wXyZ',
    ask: attach(),
    refusal: {
      error: 'StripePermissionError',
      statusCode: 403,
      code: 'secret_key_required',
      message:
        'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
    },
  },
  {
    row: 'restricted key',
    options: { id: 'acct_1Battery', readOnlyApiKeys: [restricted] },
    apiKey: restricted,
    ask: attach(),
    refusal: {
      error: 'StripePermissionError',
      rawType: 'invalid_request_error',
      statusCode: 403,
      message:
        "The provided key 'rk_test_***wXyZ' does not have the required permissions for this endpoint on account 'acct_1Battery'. Having the 'rak_payment_method_write' permission would allow this request to continue.",
    },
  },
  {
    row: 'lock',
    given: held,
    ask: after((sdk) => sdk.paymentMethods.attach(pm, { customer: cus }, { idempotencyKey: 'another' }), attach()),
    refusal: lock,
  },
  {
    row: 'lock, of a GET',
    given: held,
    ask: after(
      (sdk) => sdk.paymentMethods.attach(pm, { customer: cus }, { idempotencyKey: 'another' }),
      (sdk) => sdk.paymentMethods.retrieve(pm),
    ),
    refusal: lock,
  },
  {
    row: 'rate limit',
    options: { rateLimits: { live: 1, test: 1, endpoint: 1 } },
    ask: async (sdk, options, account) => {
      await sdk.customers.retrieve(cus);
      return attach()(sdk, options, account);
    },
    refusal: {
      error: 'StripeRateLimitError',
      rawType: 'invalid_request_error',
      statusCode: 429,
      code: 'rate_limit',
      message:
        'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.',
      headers: { 'stripe-rate-limited-reason': 'global-rate' },
    },
  },
  {
    row: 'key reused, other parameters',
    ask: async (sdk, options, account) => {
      await attach()(sdk, options, account);
      return attach(pm, { customer: 'cus_other' })(sdk, options, account);
    },
    refusal: {
      ...idempotency,
      message:
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than 'key-1' if you meant to execute a different request.",
    },
  },
  {
    row: 'key reused, other path',
    ask: async (sdk, options, account) => {
      await attach()(sdk, options, account);
      return attach('pm_card_visa')(sdk, options, account);
    },
    refusal: {
      ...idempotency,
      message: `Keys for idempotent requests can only be used for the same endpoint they were first used for ('/v1/payment_methods/${pm}/attach' vs '/v1/payment_methods/pm_card_visa/attach'). Try using a key other than 'key-1' if you meant to execute a different request.`,
    },
  },
  {
    row: 'key in flight',
    given: (account) => account.faults.next({ fault: 'delay', ms: 300 }),
    ask: after(attach(), attach()),
    refusal: {
      error: 'StripeInvalidRequestError',
      rawType: 'invalid_request_error',
      statusCode: 409,
      code: 'idempotency_key_in_use',
      message:
        'There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): key-1. Please try again later.',
    },
    differs: { '23': { error: 'StripeAPIError' } },
  },
  {
    row: 'server 500',
    given: (account) => account.faults.next({ fault: 'serverError', effect: true }),
    ask: attach(),
    refusal: {
      error: 'StripeAPIError',
      rawType: 'api_error',
      statusCode: 500,
      message: 'An unknown error occurred',
      shouldRetry: 'false',
    },
    saved: true,
  },
  ...([502, 503, 504] as const).map(
    (status): Battery => ({
      row: `edge ${status}`,
      given: (account) => account.faults.next({ fault: 'badGateway', status }),
      ask: attach(),
      refusal: edge,
    }),
  ),
  {
    row: 'upstream 424',
    given: (account) => account.faults.next({ fault: 'dependencyFailed' }),
    ask: attach(),
    refusal: {
      error: 'StripeAPIError',
      rawType: 'api_error',
      statusCode: 424,
      message: 'External Dependency Failed',
      shouldRetry: 'false',
    },
    saved: true,
  },
  {
    row: 'customer at creation',
    ask: (sdk, options) =>
      sdk.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' }, customer: cus }, options),
    refusal: {
      ...invalid,
      param: 'customer',
      message:
        'You cannot attach a PaymentMethod to a Customer during PaymentMethod creation. Please instead create the PaymentMethod and then attach it using the attachment method of the PaymentMethods API.',
    },
  },
  {
    row: 'raw card number',
    options: { takesCardNumbers: false },
    ask: (sdk, options) =>
      sdk.paymentMethods.create(
        { type: 'card', card: { number: '4242424242424242', exp_month: 4, exp_year: 2035 } },
        options,
      ),
    refusal: {
      error: 'StripeInvalidRequestError',
      rawType: 'invalid_request_error',
      statusCode: 402,
      message:
        'Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens that map to the test card you are using, see https://stripe.com/docs/testing. To enable testing raw card data APIs, see https://support.stripe.com/questions/enabling-access-to-raw-card-data-apis.',
    },
    differs: { '23': { error: 'StripeCardError', decline_code: '' } },
  },
];
