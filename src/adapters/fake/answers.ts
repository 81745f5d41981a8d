import type { DetachRequest, SetDefaultRequest, SetupRequest } from '../../application/ports/paymentMethodGateway.ts';
import type { Answer } from '../../domain/answers.ts';
import type { SetDefaultRejectionReason } from '../../domain/customer.ts';
import type { DetachAnswer, SetDefaultAnswer, SetupAnswer } from '../../domain/gatewayAnswers.ts';
import type { DetachRejectionReason, RejectionReason } from '../../domain/paymentMethodEvents.ts';
import type { SetupRejectionReason } from '../../domain/setup.ts';
import type { CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { isSameCustomer, isTestAlias } from '../../domain/identifiers.ts';
import type { StripeResponse } from '../simulator/index.ts';
import type { CustomerJson, PaymentMethodJson, SetupIntentJson } from './objects.ts';
import { setupIntentOf, summaryOf } from './objects.ts';
import type { ErrorJson } from './responses.ts';
import { codeOf, errorIn, refusalIn, unknown } from './responses.ts';

type Asked = { readonly paymentMethodId: PaymentMethodId; readonly customer: CustomerReference };

const defaultField = 'invoice_settings[default_payment_method]';

/** What the simulator's answer to an attach means. Throws the faults that no repeat would mend, as all of these do. */
export function attachAnswer(asked: Asked, response: StripeResponse): Answer {
  if (response.status !== 200) {
    const refusal = refusalIn(response, attachReason);
    if (refusal.answer === 'unknown') return refusal;
    return { ...refusal, declineCode: codeOf(errorIn(response)?.decline_code) };
  }
  const paymentMethod = summaryOf(JSON.parse(response.body) as PaymentMethodJson, asked.customer);
  const { paymentMethodId: id, customer } = paymentMethod;
  const isOurs = id === asked.paymentMethodId || isTestAlias(asked.paymentMethodId);
  if (!isOurs || customer === null || !isSameCustomer(customer, asked.customer)) return unknown('unexpectedEcho');
  return { answer: 'attached', paymentMethod };
}

export function detachAnswer({ paymentMethodId }: DetachRequest, response: StripeResponse): DetachAnswer {
  if (response.status !== 200) return refusalIn(response, detachReason);
  const { id, customer, customer_account: account = null } = JSON.parse(response.body) as PaymentMethodJson;
  const isOurs = id === paymentMethodId && customer === null && account === null;
  return isOurs ? { answer: 'detached' } : unknown('unexpectedEcho');
}

export function setDefaultAnswer(asked: SetDefaultRequest, response: StripeResponse): SetDefaultAnswer {
  if (response.status !== 200) return refusalIn(response, setDefaultReason);
  const customer = JSON.parse(response.body) as CustomerJson;
  if (customer.deleted === true) return unknown('unexpectedAnswer');
  const { default_payment_method: named } = customer.invoice_settings;
  const isOurs = customer.id === asked.customer && named === asked.paymentMethodId;
  return isOurs ? { answer: 'set' } : unknown('unexpectedEcho');
}

export function setupAnswer(asked: SetupRequest, response: StripeResponse): SetupAnswer {
  if (response.status !== 200) return refusalIn(response, setupReason);
  const setupIntent = setupIntentOf(JSON.parse(response.body) as SetupIntentJson, asked.customer);
  const { customer, attemptId } = setupIntent;
  const isOurs = customer !== null && isSameCustomer(customer, asked.customer) && attemptId === asked.attemptId;
  return isOurs ? { answer: 'created', setupIntent } : unknown('unexpectedEcho');
}

function attachReason(error: ErrorJson, status: number): RejectionReason | null {
  if (status === 402 || error.type === 'card_error') return 'cardDeclined';
  if (isOfCustomer(error)) return 'customerNotFound';
  if (isMissing(error, status, 'payment_method')) return 'paymentMethodNotFound';
  return error.code === 'customer_max_payment_methods' ? 'customerLimitReached' : null;
}

function detachReason(error: ErrorJson, status: number): DetachRejectionReason | null {
  return isMissing(error, status, 'payment_method') ? 'paymentMethodNotFound' : null;
}

function setDefaultReason(error: ErrorJson, status: number): SetDefaultRejectionReason | null {
  if (isMissing(error, 400, defaultField)) return 'paymentMethodNotFound';
  return isMissing(error, status, 'customer') ? 'customerNotFound' : null;
}

function setupReason(error: ErrorJson): SetupRejectionReason | null {
  return isOfCustomer(error) ? 'customerNotFound' : null;
}

function isOfCustomer(error: ErrorJson): boolean {
  return isMissing(error, 400, 'customer') || isMissing(error, 400, 'customer_account');
}

/** True for a thing that is not there: the one in the path, or the one this parameter names. */
function isMissing({ code, param }: ErrorJson, status: number, parameter: string): boolean {
  return code === 'resource_missing' && (status === 404 || param === parameter);
}
