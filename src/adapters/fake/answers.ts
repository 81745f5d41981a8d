import type { Answer, LookUp } from '../../domain/answers.ts';
import type { CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { isSameCustomer, isTestAlias } from '../../domain/identifiers.ts';
import type { Rejection, UnknownCause } from '../../domain/paymentMethod.ts';
import type { CardSummary, PaymentMethodSummary } from '../../domain/paymentMethodSummary.ts';
import { PaymentMethodsError } from '../../application/errors.ts';
import type { StripeResponse } from '../simulator/index.ts';

type CardJson = {
  readonly brand: string;
  readonly last4: string;
  readonly exp_month: number;
  readonly exp_year: number;
  readonly funding: string;
  readonly country: string | null;
  readonly fingerprint: string | null;
  readonly wallet: { readonly type: string } | null;
  readonly checks: {
    readonly cvc_check: string | null;
    readonly address_line1_check: string | null;
    readonly address_postal_code_check: string | null;
  };
};

/** The PaymentMethod as the simulator writes it. */
type PaymentMethodJson = {
  readonly id: PaymentMethodId;
  readonly type: string;
  readonly card?: CardJson;
  readonly customer: (CustomerReference & { kind: 'customer' })['id'] | null;
  readonly customer_account?: (CustomerReference & { kind: 'customerAccount' })['id'] | null;
  readonly livemode: boolean;
  readonly created: number;
};

type ErrorJson = {
  readonly type: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
};

type Asked = { readonly paymentMethodId: PaymentMethodId; readonly customer: CustomerReference };

/** Answers of what stands before Stripe: the request may still run behind it. */
const fromTheEdge = new Set([502, 503, 504]);
const knownCode = /^[a-z0-9_]{1,100}$/;

/** What the simulator's answer to an attach means. Throws the faults that no repeat would mend. */
export function answerTo(asked: Asked, response: StripeResponse): Answer {
  throwIfRefused(response);
  if (response.status !== 200) return answerToError(response);
  const paymentMethod = summaryOf(paymentMethodIn(response));
  const { paymentMethodId: id, customer } = paymentMethod;
  const isOurs = id === asked.paymentMethodId || isTestAlias(asked.paymentMethodId);
  if (!isOurs || customer === null || !isSameCustomer(customer, asked.customer)) return unknown('unexpectedEcho');
  return { answer: 'attached', paymentMethod };
}

/** What the simulator's answer to a look means. Throws the faults that no repeat would mend. */
export function lookUpFrom(asked: PaymentMethodId, response: StripeResponse): LookUp {
  throwIfRefused(response);
  if (response.status === 200) {
    const paymentMethod = summaryOf(paymentMethodIn(response));
    return paymentMethod.paymentMethodId === asked
      ? { look: 'found', paymentMethod }
      : { look: 'unknown', cause: 'unexpectedEcho' };
  }
  const answer = answerToError(response);
  if (answer.answer === 'unknown' && answer.cause !== 'refusedWithoutCode')
    return { look: 'unknown', cause: answer.cause };
  return answer.answer === 'rejected' && answer.reason === 'paymentMethodNotFound'
    ? { look: 'notFound' }
    : { look: 'unknown', cause: 'unexpectedAnswer' };
}

type ErrorAnswer = Exclude<Answer, { answer: 'attached' }>;

function answerToError(response: StripeResponse): ErrorAnswer {
  const { status } = response;
  const error = errorIn(response);
  if (status === 409) return unknown('stillProcessing');
  if (status === 429) return unknown('rateLimited');
  if (status >= 500) return unknown(error === null || fromTheEdge.has(status) ? 'connectionLost' : 'serverError');
  if (error === null) return unknown('unexpectedAnswer');
  if (status === 402 || error.type === 'card_error') return rejected('cardDeclined', error);
  if (error.code === 'resource_missing') {
    if (status === 404 || error.param === 'payment_method') return rejected('paymentMethodNotFound', error);
    if (error.param === 'customer' || error.param === 'customer_account') return rejected('customerNotFound', error);
  }
  if (error.code === 'customer_max_payment_methods') return rejected('customerLimitReached', error);
  if (status !== 400 || error.type !== 'invalid_request_error') return unknown('unexpectedAnswer');
  return error.code === undefined ? unknown('refusedWithoutCode') : rejected('invalidRequest', error);
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

function rejected(reason: Rejection['reason'], { code, decline_code }: ErrorJson): ErrorAnswer {
  return { answer: 'rejected', reason, stripeCode: codeOf(code), declineCode: codeOf(decline_code) };
}

function unknown(cause: UnknownCause): { readonly answer: 'unknown'; readonly cause: UnknownCause } {
  return { answer: 'unknown', cause };
}

function codeOf(code: string | undefined): string | null {
  return code !== undefined && knownCode.test(code) ? code : null;
}

function summaryOf(object: PaymentMethodJson): PaymentMethodSummary {
  const { id, type, card, livemode, created } = object;
  return {
    paymentMethodId: id,
    customer: customerOf(object),
    type,
    card: card === undefined ? null : cardSummaryOf(card),
    livemode,
    created,
  };
}

function cardSummaryOf(card: CardJson): CardSummary {
  return {
    brand: card.brand,
    last4: card.last4,
    expMonth: card.exp_month,
    expYear: card.exp_year,
    funding: card.funding,
    country: card.country,
    fingerprint: card.fingerprint,
    wallet: card.wallet?.type ?? null,
    checks: {
      cvc: card.checks.cvc_check,
      addressLine1: card.checks.address_line1_check,
      addressPostalCode: card.checks.address_postal_code_check,
    },
  };
}

function customerOf({ customer, customer_account: account }: PaymentMethodJson): CustomerReference | null {
  if (customer !== null) return { kind: 'customer', id: customer };
  return account === undefined || account === null ? null : { kind: 'customerAccount', id: account };
}

function paymentMethodIn({ body }: StripeResponse): PaymentMethodJson {
  return JSON.parse(body) as PaymentMethodJson;
}

function errorIn({ headers, body }: StripeResponse): ErrorJson | null {
  return headers['content-type'] === 'application/json' ? (JSON.parse(body) as { error: ErrorJson }).error : null;
}
