import type { Failure } from './failures.ts';
import { eitherOf, invalid, StripeFailure } from './failures.ts';

const support = 'we can help at https://support.stripe.com/.';

/** What Stripe refuses before an endpoint runs, in its words: keys, versions, parameters, limits. */
export const requestFailures = {
  noApiKey: () =>
    invalid(
      401,
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). " +
        `See https://stripe.com/docs/api#authentication for details, or ${support}`,
    ),
  invalidApiKey: (masked: string) => invalid(401, `Invalid API Key provided: ${masked}`),
  expiredApiKey: (masked: string) => invalid(401, `Expired API Key provided: ${masked}`, { code: 'api_key_expired' }),
  publishableKey: () =>
    invalid(
      403,
      'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
      { code: 'secret_key_required' },
    ),
  notPermitted: (masked: string, accountId: string, permission: string) =>
    invalid(
      403,
      `The provided key '${masked}' does not have the required permissions for this endpoint on account '${accountId}'. Having the '${permission}' permission would allow this request to continue.`,
    ),
  noSuchAccount: (masked: string, accountId: string) =>
    invalid(
      403,
      `The provided key '${masked}' does not have access to account '${accountId}' (or that account does not exist). Application access may have been revoked.`,
      { code: 'account_invalid' },
    ),
  accountNamedTwice: () =>
    invalid(400, 'You may only specify one of these headers: Stripe-Account, Stripe-Context.', {
      code: 'parameters_exclusive',
    }),
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
  notOneOf: (values: readonly string[], param: string) =>
    invalid(400, `Invalid ${param}: must be one of ${eitherOf(values)}`, { param }),
  invalidInteger: (value: string, param: string) =>
    invalid(400, `Invalid integer: ${value}`, { code: 'parameter_invalid_integer', param }),
  exclusiveParameters: (names: readonly string[]) =>
    invalid(400, `You may only specify one of these parameters: ${names.join(', ')}.`, {
      code: 'parameters_exclusive',
    }),
  notExpandable: (property: string) => invalid(400, `This property cannot be expanded (${property}).`),

  keyTooLong: () => idempotencyError('Keys for idempotent requests can be at most 255 characters long.'),
  keyOfOtherParameters: (key: string) =>
    idempotencyError(
      `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    ),
  keyOfOtherEndpoint: (key: string, first: string, now: string) =>
    idempotencyError(
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${first}' vs '${now}'). Try using a key other than '${key}' if you meant to execute a different request.`,
    ),
  keyInUse: (key: string) =>
    invalid(
      409,
      `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
      { code: 'idempotency_key_in_use' },
    ),

  rateLimit: (headers: Readonly<Record<string, string>>) =>
    invalid(
      429,
      'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.',
      { code: 'rate_limit', headers },
    ),
  lockTimeout: () =>
    invalid(
      429,
      'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request. If you see this error frequently and are making multiple concurrent requests to a single object, make your requests serially or at a lower rate.',
      { code: 'lock_timeout', headers: { 'stripe-should-retry': 'true' } },
    ),
  serverError: () => apiError(500, 'An unknown error occurred'),
  dependencyFailed: () => apiError(424, 'External Dependency Failed'),
};

function idempotencyError(message: string): StripeFailure {
  return new StripeFailure({ status: 400, type: 'idempotency_error', message });
}

function apiError(status: number, message: string): StripeFailure {
  const failure: Failure = { status, type: 'api_error', message, saved: true };
  return new StripeFailure(failure);
}
