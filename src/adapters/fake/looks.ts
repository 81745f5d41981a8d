import type { LookUp } from '../../domain/answers.ts';
import type { CustomerLookUp, PaymentMethodPage, SetupLookUp } from '../../domain/gatewayAnswers.ts';
import type { CustomerId, CustomerReference, PaymentMethodId, SetupIntentId } from '../../domain/identifiers.ts';
import type { StripeResponse } from '../simulator/index.ts';
import type { CustomerJson, PaymentMethodJson, SetupIntentJson } from './objects.ts';
import { setupIntentOf, summaryOf } from './objects.ts';
import { absenceIn, unknownLook } from './responses.ts';

/** What the simulator's answer to a look means. Throws the faults that no repeat would mend, as all of these do. */
export function lookUpIn(
  asked: PaymentMethodId,
  expected: CustomerReference | undefined,
  response: StripeResponse,
): LookUp {
  if (response.status !== 200) return absenceIn(response);
  const paymentMethod = summaryOf(JSON.parse(response.body) as PaymentMethodJson, expected);
  return paymentMethod.paymentMethodId === asked ? { look: 'found', paymentMethod } : unknownLook('unexpectedEcho');
}

export function customerLookUpIn(asked: CustomerId, response: StripeResponse): CustomerLookUp {
  if (response.status !== 200) return absenceIn(response);
  const customer = JSON.parse(response.body) as CustomerJson;
  if (customer.id !== asked) return unknownLook('unexpectedEcho');
  if (customer.deleted === true) return { look: 'found', isDeleted: true, defaultPaymentMethodId: null };
  const { default_payment_method: defaultPaymentMethodId } = customer.invoice_settings;
  return { look: 'found', isDeleted: false, defaultPaymentMethodId };
}

export function pageIn(asked: CustomerReference, response: StripeResponse): PaymentMethodPage {
  if (response.status !== 200) return absenceIn(response);
  const { data, has_more: hasMore } = JSON.parse(response.body) as {
    readonly data: readonly PaymentMethodJson[];
    readonly has_more: boolean;
  };
  return { look: 'found', paymentMethods: data.map((one) => summaryOf(one, asked)), hasMore };
}

export function setupLookUpIn(
  asked: SetupIntentId,
  expected: CustomerReference | undefined,
  response: StripeResponse,
): SetupLookUp {
  if (response.status !== 200) return absenceIn(response);
  const setupIntent = setupIntentOf(JSON.parse(response.body) as SetupIntentJson, expected);
  return setupIntent.setupIntentId === asked ? { look: 'found', setupIntent } : unknownLook('unexpectedEcho');
}
