import type { ErrorDetails } from '../../application/errors.ts';
import { PaymentMethodsError } from '../../application/errors.ts';

/** The codes of the two faults that Stripe itself answers with. */
export type FaultCode = 'GATEWAY_UNAUTHORIZED' | 'GATEWAY_FORBIDDEN';

const advice: Readonly<Record<FaultCode, string>> = {
  GATEWAY_UNAUTHORIZED:
    'Stripe does not accept the API key (401). Check that apiKey is a secret or restricted key (sk_… or rk_…), that it ' +
    'has not been rolled or expired, and that it is of the right account and mode (live or test).',
  GATEWAY_FORBIDDEN:
    'Stripe accepts the API key but forbids this request (403). Check the permissions of a restricted key ' +
    "('PaymentMethods: write'), its mode (live or test), and that it may act for the account in Stripe-Account.",
};

/** The error of a 401 or 403. It carries no cause and no header, so that no key can be in it. */
export function faultError(code: FaultCode, requestId: string | null): PaymentMethodsError {
  const request = requestId === null ? '' : ` Stripe's request id is ${requestId}.`;
  return new PaymentMethodsError(code, `${advice[code]}${request}`, { details: { requestId } });
}

/** The error of a setting or request that can never be sent. Nothing has been sent. */
export function misconfigured(message: string, details: ErrorDetails = {}): PaymentMethodsError {
  return new PaymentMethodsError('GATEWAY_MISCONFIGURED', `StripeGateway: ${message}`, { details });
}
