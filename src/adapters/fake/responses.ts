import type { StripeResponse } from '../simulator/index.ts';
import { PaymentMethodsError } from '../../application/errors.ts';
import type { UnknownCause } from '../../domain/evidence.ts';

/** The error as the simulator writes it. */
export type ErrorJson = {
  readonly type: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
};

type Unknown = { readonly answer: 'unknown'; readonly cause: UnknownCause };
type UnknownLook = { readonly look: 'unknown'; readonly cause: UnknownCause };
type Rejected<Reason> = {
  readonly answer: 'rejected';
  readonly reason: Reason;
  readonly stripeCode: string | null;
};

/** Answers of what stands before Stripe: the request may still run behind it. */
const fromTheEdge = new Set([502, 503, 504]);
const knownCode = /^[a-z0-9_]{1,100}$/;

/** What an answer that is no 200 means; `reasonOf` names the reasons of one method. Throws what no repeat would mend. */
export function refusalIn<Reason extends string>(
  response: StripeResponse,
  reasonOf: (error: ErrorJson, status: number) => Reason | null,
): Rejected<Reason | 'invalidRequest'> | Unknown {
  const { status } = response;
  const unsettled = causeOf(response);
  if (unsettled !== null) return unknown(unsettled);
  const error = errorIn(response);
  if (error === null) return unknown('unexpectedAnswer');
  const stripeCode = codeOf(error.code);
  const reason = reasonOf(error, status);
  if (reason !== null) return { answer: 'rejected', reason, stripeCode };
  if (status !== 400 || error.type !== 'invalid_request_error') return unknown('unexpectedAnswer');
  return error.code === undefined
    ? unknown('refusedWithoutCode')
    : { answer: 'rejected', reason: 'invalidRequest', stripeCode };
}

/** What a look that was answered with no 200 means. Throws what no repeat would mend. */
export function absenceIn(response: StripeResponse): { readonly look: 'notFound' } | UnknownLook {
  const unsettled = causeOf(response);
  if (unsettled !== null) return unknownLook(unsettled);
  const error = errorIn(response);
  const isParameter = error?.param === 'customer' || error?.param === 'customer_account';
  const isMissing = error?.code === 'resource_missing' && (response.status === 404 || isParameter);
  return isMissing ? { look: 'notFound' } : unknownLook('unexpectedAnswer');
}

export function unknown(cause: UnknownCause): Unknown {
  return { answer: 'unknown', cause };
}

export function unknownLook(cause: UnknownCause): UnknownLook {
  return { look: 'unknown', cause };
}

export function codeOf(code: string | undefined): string | null {
  return code !== undefined && knownCode.test(code) ? code : null;
}

export function errorIn({ headers, body }: StripeResponse): ErrorJson | null {
  return headers['content-type'] === 'application/json' ? (JSON.parse(body) as { error: ErrorJson }).error : null;
}

/** Why an answer settles nothing, by its head alone; null where it may. */
function causeOf(response: StripeResponse): UnknownCause | null {
  const { status } = response;
  throwIfRefused(response);
  if (status === 409) return 'stillProcessing';
  if (status === 429) return 'rateLimited';
  const isStripes = errorIn(response) !== null;
  if (isStripes && isSavedFailure(response)) return 'serverError';
  if (status < 500) return null;
  return !isStripes || fromTheEdge.has(status) ? 'connectionLost' : 'unexpectedAnswer';
}

/** True of a failure that is kept under the key, so that the key will never bring anything else. */
function isSavedFailure({ status, headers }: StripeResponse): boolean {
  return status === 500 || status === 424 || (status > 500 && headers['stripe-should-retry'] === 'false');
}

function throwIfRefused({ status, headers }: StripeResponse): void {
  const details = { requestId: headers['request-id'] ?? null };
  if (status === 401) {
    throw new PaymentMethodsError(
      'GATEWAY_UNAUTHORIZED',
      'The simulated account does not know the API key. Give the fake an apiKey that the account lists.',
      { details },
    );
  }
  if (status === 403) {
    throw new PaymentMethodsError(
      'GATEWAY_FORBIDDEN',
      'The simulated account lets the API key read only. Give the fake an apiKey that may write payment methods.',
      { details },
    );
  }
}
