import { paymentMethodTypes } from '../instruments/paymentMethodTypes.ts';
import type { Instrument } from '../instruments/testCards.ts';
import type { JsonObject } from '../wire/json.ts';
import { fingerprintOf } from './ids.ts';
import type { CardRecord, Check, PaymentMethodRecord } from './records.ts';

/** Billing details of which nothing was said. */
export const noBillingDetails: JsonObject = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
};

/** A payment method that belongs to nobody yet: a card where one is given, else the type's own hash. */
export function newPaymentMethod(
  id: string,
  at: number,
  parts: Partial<Omit<PaymentMethodRecord, 'id'>>,
): PaymentMethodRecord {
  const type = parts.type ?? 'card';
  return {
    id,
    created: Math.floor(at / 1000),
    type,
    card: null,
    hash: paymentMethodTypes.get(type)?.hash ?? {},
    billingDetails: noBillingDetails,
    metadata: {},
    allowRedisplay: 'unspecified',
    owner: null,
    spent: false,
    decline: null,
    chargeDecline: null,
    authentication: 'never',
    ...parts,
  };
}

type CardParts = { readonly expMonth?: number; readonly expYear?: number; readonly cvcCheck?: Check };

/** What a payment method takes from its test card: what it shows, and how it behaves. */
export function partsOf(
  instrument: Instrument,
  at: number,
  parts: CardParts = {},
): Pick<PaymentMethodRecord, 'card' | 'decline' | 'chargeDecline' | 'authentication'> {
  const { decline, chargeDecline, authentication } = instrument;
  return { card: cardOf(instrument, at, parts), decline, chargeDecline, authentication };
}

/** The card of a test instrument; Stripe's own tokens expire in this month of next year. */
function cardOf(instrument: Instrument, at: number, parts: CardParts): CardRecord {
  const now = new Date(at);
  return {
    brand: instrument.brand,
    country: instrument.country,
    expMonth: now.getUTCMonth() + 1,
    expYear: now.getUTCFullYear() + 1,
    fingerprint: fingerprintOf(instrument.number),
    funding: instrument.funding,
    last4: instrument.number.slice(-4),
    preferredNetwork: null,
    cvcCheck: 'unchecked',
    cvcCheckAtAttach: instrument.cvcCheck,
    ...parts,
  };
}
