/** A response that is an error: what Stripe puts into it, and whether it is saved under the idempotency key. */
export type Failure = {
  readonly status: number;
  readonly type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  readonly message: string;
  readonly code?: string;
  readonly declineCode?: string;
  readonly param?: string;
  readonly adviceCode?: string;
  readonly networkDeclineCode?: string;
  /** Stripe saves what began to execute; validation failures, missing objects, locks and limits are not saved. */
  readonly saved?: true;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Thrown by a rule of the model, and turned into a response by the account. */
export class StripeFailure extends Error {
  override readonly name = 'StripeFailure';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

type Refused = Omit<Failure, 'status' | 'type' | 'message'>;

const support = 'we can help at https://support.stripe.com/.';

function invalid(status: number, message: string, more: Refused = {}): StripeFailure {
  return new StripeFailure({ status, type: 'invalid_request_error', message, ...more });
}

function missing(status: number, what: string, id: string, param: string): StripeFailure {
  return invalid(status, `No such ${what}: '${id}'`, { code: 'resource_missing', param });
}

/** Every refusal but a card's, worded as Stripe words it. */
export const failures = {
  noApiKey: () =>
    invalid(
      401,
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). " +
        `See https://stripe.com/docs/api#authentication for details, or ${support}`,
    ),
  invalidApiKey: (masked: string) => invalid(401, `Invalid API Key provided: ${masked}`),
  notPermitted: (masked: string, accountId: string, permission: string) =>
    invalid(
      403,
      `The provided key '${masked}' does not have the required permissions for this endpoint on account '${accountId}'. Having the '${permission}' permission would allow this request to continue.`,
    ),
  unrecognizedUrl: (method: string, path: string) =>
    invalid(404, `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or ${support}`),
  invalidVersion: (version: string) => invalid(400, `Invalid Stripe API version: ${version}`),
  notForm: () =>
    invalid(
      400,
      `Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, ${support}`,
    ),

  unknownParameters: (names: readonly string[]) =>
    invalid(400, `Received unknown parameter${names.length > 1 ? 's' : ''}: ${names.join(', ')}`, {
      code: 'parameter_unknown',
      param: names[0] ?? '',
    }),
  missingParameter: (param: string) =>
    invalid(400, `Missing required param: ${param}.`, { code: 'parameter_missing', param }),
  emptyParameter: (param: string) =>
    invalid(
      400,
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
      { code: 'parameter_invalid_empty', param },
    ),
  wrongShape: (shape: string, param: string) => invalid(400, `Invalid ${shape}`, { param }),
  invalidInteger: (value: string, param: string) =>
    invalid(400, `Invalid integer: ${value}`, { code: 'parameter_invalid_integer', param }),
  notExpandable: (property: string) => invalid(400, `This property cannot be expanded (${property}).`),

  noCustomer: () => invalid(400, 'Must provide customer or customer_account.', { code: 'parameter_missing' }),
  bothCustomers: () =>
    invalid(400, 'You may only specify one of these parameters: customer, customer_account.', {
      code: 'parameters_exclusive',
    }),
  noSuchPaymentMethod: (id: string, status: 400 | 404, param = 'payment_method') =>
    missing(status, 'PaymentMethod', id, param),
  noSuchCustomer: (id: string, param: string, status: 400 | 404 = 400) => missing(status, 'customer', id, param),
  noSuchToken: (id: string) => missing(400, 'token', id, 'card[token]'),
  invalidToken: (id: string) => invalid(400, `Invalid token id: ${id}`, { param: 'card[token]' }),

  alreadyAttached: () =>
    invalid(400, 'The payment method you provided has already been attached to a customer.', { saved: true }),
  usedBefore: () =>
    invalid(
      400,
      'This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.',
      { saved: true },
    ),
  notSaveable: (type: string) =>
    invalid(400, `PaymentMethods of type '${type}' cannot be saved to customers.`, { saved: true }),
  tooManyPaymentMethods: () =>
    invalid(
      400,
      'The maximum number of PaymentMethods for this Customer has been reached. Either detach some PaymentMethods from this Customer or proceed with a different Customer.',
      { code: 'customer_max_payment_methods', saved: true },
    ),
  notAttached: () =>
    invalid(400, 'The payment method you provided is not attached to a customer so detachment is impossible.', {
      saved: true,
    }),
  notOfCustomer: (id: string) =>
    invalid(
      400,
      `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
      { param: 'invoice_settings[default_payment_method]', saved: true },
    ),
  customerAtCreation: () =>
    invalid(
      400,
      'You cannot attach a PaymentMethod to a Customer during PaymentMethod creation. Please instead create the PaymentMethod and then attach it using the attachment method of the PaymentMethods API.',
      { param: 'customer' },
    ),

  keyTooLong: () =>
    new StripeFailure({
      status: 400,
      type: 'idempotency_error',
      message: 'Keys for idempotent requests can be at most 255 characters long.',
    }),
  keyOfOtherParameters: (key: string) =>
    new StripeFailure({
      status: 400,
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    }),
  keyOfOtherEndpoint: (key: string, first: string, now: string) =>
    new StripeFailure({
      status: 400,
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${first}' vs '${now}'). Try using a key other than '${key}' if you meant to execute a different request.`,
    }),
  keyInUse: (key: string) =>
    invalid(
      409,
      `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
      { code: 'idempotency_key_in_use' },
    ),

  rateLimit: (reason: string) =>
    invalid(
      429,
      'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.',
      { code: 'rate_limit', headers: { 'stripe-rate-limited-reason': reason } },
    ),
  lockTimeout: () =>
    invalid(
      429,
      'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request. If you see this error frequently and are making multiple concurrent requests to a single object, make your requests serially or at a lower rate.',
      { code: 'lock_timeout', headers: { 'stripe-should-retry': 'true' } },
    ),
  serverError: () =>
    new StripeFailure({ status: 500, type: 'api_error', message: 'An unknown error occurred', saved: true }),
};
