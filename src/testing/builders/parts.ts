import type { Evidence } from '../../domain/evidence.ts';
import type { CardSummary, PaymentMethodSummary } from '../../domain/paymentMethodSummary.ts';
import { customerReference, paymentMethodId } from './ids.ts';

/** A card as the trail keeps it: Stripe's Visa for tests, where nothing else is said. */
export function aCard(part: Partial<CardSummary> = {}): CardSummary {
  return {
    brand: 'visa',
    last4: '4242',
    expMonth: 8,
    expYear: 2030,
    funding: 'credit',
    country: 'US',
    fingerprint: 'mToisGZ01V71BCos',
    wallet: null,
    checks: { cvc: 'pass', addressLine1: null, addressPostalCode: null },
    ...part,
  };
}

/** A payment method as Stripe tells of it: `pm_1`, a card, attached to `cus_1`, where nothing else is said. */
export function aPaymentMethod(part: Partial<PaymentMethodSummary> = {}): PaymentMethodSummary {
  return {
    paymentMethodId: paymentMethodId('pm_1'),
    customer: customerReference('cus_1'),
    type: 'card',
    card: aCard(),
    livemode: false,
    created: 1763899200,
    ...part,
  };
}

/** What an outcome rests on: Stripe's own answer, after one try, where nothing else is said. */
export function someEvidence(part: Partial<Evidence> = {}): Evidence {
  const requestId = 'req_1';
  return { source: 'response', requestId, tries: [{ status: 200, requestId, failure: null }], ...part };
}
