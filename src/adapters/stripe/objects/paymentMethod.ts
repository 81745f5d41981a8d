import * as z from 'zod';
import type { CustomerReference, PaymentMethodId } from '../../../domain/identifiers.ts';
import { isPaymentMethodId, isTestAlias } from '../../../domain/identifiers.ts';
import type { BillingDetails, CardSummary, PaymentMethodSummary } from '../../../domain/paymentMethodSummary.ts';
import { isKeepable } from '../texts.ts';
import { customerAccount, id, reference } from './fields.ts';

const maxTextLength = 100;
const text = z.string().min(1).max(maxTextLength).refine(isKeepable);

// What is only shown to people is dropped when malformed: it must not turn a proven attach into an unknown one.
const shown = text.nullish().catch(null);

const line = z.string().min(1).max(500).refine(isKeepable).nullish().catch(null);

const billingSchema = z.object({
  name: line,
  email: line,
  phone: line,
  address: z
    .object({ line1: line, line2: line, postal_code: line, city: line, state: line, country: line })
    .nullish()
    .catch(null),
});

/** Which of what Stripe keeps of a person is read at all. */
export type Reads = { readonly billingDetails: boolean };
export const readsNothingMore: Reads = { billingDetails: false };

const cardSchema = z.object({
  brand: text,
  last4: z.string().max(4).refine(isKeepable),
  exp_month: z.int(),
  exp_year: z.int(),
  funding: text,
  country: shown,
  fingerprint: shown,
  wallet: z.object({ type: text }).nullish().catch(null),
  checks: z
    .object({ cvc_check: shown, address_line1_check: shown, address_postal_code_check: shown })
    .nullish()
    .catch(null),
});

/**
 * Stripe's PaymentMethod object, as far as the summary needs it: fields not named here and enum values never seen
 * before pass. `customer` may be expanded. https://docs.stripe.com/api/payment_methods/object
 */
export const paymentMethodSchema = z.object({
  id,
  object: z.literal('payment_method'),
  type: text,
  customer: reference,
  customer_account: customerAccount,
  card: cardSchema.nullish(),
  billing_details: billingSchema.nullish().catch(null),
  livemode: z.boolean(),
  created: z.int(),
});

export type StripePaymentMethod = z.output<typeof paymentMethodSchema>;

/** The id Stripe answered with, if it can be the one asked for. A test alias is answered with a new payment method. */
export function echoedId(asked: PaymentMethodId, { id: echoed }: StripePaymentMethod): PaymentMethodId | null {
  if (echoed === asked) return asked;
  return isTestAlias(asked) && echoed.startsWith('pm_') && isPaymentMethodId(echoed) ? echoed : null;
}

/** Reduces a payment method to what the trail keeps. The ids are given, because only checked ones are branded. */
export function summarise(
  paymentMethod: StripePaymentMethod,
  paymentMethodId: PaymentMethodId,
  customer: CustomerReference | null,
  reads: Reads,
): PaymentMethodSummary {
  const { type, card, billing_details: billing, livemode, created } = paymentMethod;
  const summary = { paymentMethodId, customer, type, card: card ? summariseCard(card) : null, livemode, created };
  return reads.billingDetails && billing ? { ...summary, billingDetails: summariseBilling(billing) } : summary;
}

function summariseCard(card: z.output<typeof cardSchema>): CardSummary {
  return {
    brand: card.brand,
    last4: card.last4,
    expMonth: card.exp_month,
    expYear: card.exp_year,
    funding: card.funding,
    country: card.country ?? null,
    fingerprint: card.fingerprint ?? null,
    wallet: card.wallet?.type ?? null,
    checks: {
      cvc: card.checks?.cvc_check ?? null,
      addressLine1: card.checks?.address_line1_check ?? null,
      addressPostalCode: card.checks?.address_postal_code_check ?? null,
    },
  };
}

function summariseBilling({ name, email, phone, address }: z.output<typeof billingSchema>): BillingDetails {
  return {
    name: name ?? null,
    email: email ?? null,
    phone: phone ?? null,
    address: {
      line1: address?.line1 ?? null,
      line2: address?.line2 ?? null,
      postalCode: address?.postal_code ?? null,
      city: address?.city ?? null,
      state: address?.state ?? null,
      country: address?.country ?? null,
    },
  };
}
