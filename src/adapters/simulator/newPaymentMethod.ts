import { fingerprintOf } from './ids.ts';
import type { Instrument } from './instruments.ts';
import { noBillingDetails } from './objects.ts';
import { paymentMethodTypes } from './types.ts';
import type { CardRecord, Check, PaymentMethodRecord } from './vault.ts';

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
    ...parts,
  };
}

type CardParts = { readonly expMonth?: number; readonly expYear?: number; readonly cvcCheck?: Check };

/** The card of a test instrument; Stripe's own tokens expire in this month of next year. */
export function cardOf(instrument: Instrument, at: number, parts: CardParts = {}): CardRecord {
  const now = new Date(at);
  return {
    brand: instrument.brand,
    country: instrument.country,
    expMonth: now.getUTCMonth() + 1,
    expYear: now.getUTCFullYear() + 1,
    fingerprint: fingerprintOf(instrument.number),
    funding: instrument.funding,
    last4: instrument.number.slice(-4),
    cvcCheck: 'unchecked',
    cvcCheckAtAttach: instrument.cvcCheck,
    ...parts,
  };
}
