import type { CardRecord, CustomerRecord, Owner, PaymentMethodRecord } from './vault.ts';
import type { Json, JsonObject } from './wire.ts';

/** From this version on, objects carry `customer_account`. */
const customerAccountSince = '2025-12-15';

const displayBrands: ReadonlyMap<string, string> = new Map([
  ['amex', 'american_express'],
  ['diners', 'diners_club'],
  ['unionpay', 'union_pay'],
]);

/** Billing details of which nothing was said. */
export const noBillingDetails: JsonObject = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
};

/**
 * A PaymentMethod as this API version shows it; `customer` replaces the id where it was expanded. One that belongs to an
 * account shows `customer_account` at any version, since the caller must see whom it was attached to.
 * https://docs.stripe.com/api/payment_methods/object
 */
export function paymentMethodObject(
  record: PaymentMethodRecord,
  version: string,
  customer: Json = idOf(record.owner, 'customer'),
): JsonObject {
  const account = idOf(record.owner, 'customerAccount');
  return {
    id: record.id,
    object: 'payment_method',
    allow_redisplay: record.allowRedisplay,
    billing_details: record.billingDetails,
    [record.type]: record.card === null ? record.hash : cardObject(record.card),
    created: record.created,
    customer,
    ...(account !== null || hasCustomerAccount(version) ? { customer_account: account } : {}),
    livemode: false,
    metadata: record.metadata,
    type: record.type,
  };
}

/** A Customer; `defaultPaymentMethod` replaces the id where it was expanded. https://docs.stripe.com/api/customers/object */
export function customerObject(
  record: CustomerRecord,
  version: string,
  defaultPaymentMethod: Json = record.defaultPaymentMethod,
): JsonObject {
  if (record.deleted) return { id: record.id, object: 'customer', deleted: true };
  return {
    id: record.id,
    object: 'customer',
    address: null,
    balance: 0,
    created: record.created,
    currency: null,
    ...(hasCustomerAccount(version) ? { customer_account: null } : {}),
    default_source: null,
    delinquent: false,
    description: record.description,
    discount: null,
    email: record.email,
    invoice_prefix: record.invoicePrefix,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: defaultPaymentMethod,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: record.metadata,
    name: record.name,
    next_invoice_sequence: 1,
    phone: record.phone,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}

function cardObject(card: CardRecord): JsonObject {
  return {
    brand: card.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: card.cvcCheck },
    country: card.country,
    display_brand: displayBrands.get(card.brand) ?? card.brand,
    exp_month: card.expMonth,
    exp_year: card.expYear,
    fingerprint: card.fingerprint,
    funding: card.funding,
    generated_from: null,
    last4: card.last4,
    networks: { available: [card.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

function idOf(owner: Owner | null, kind: Owner['kind']): string | null {
  return owner?.kind === kind ? owner.id : null;
}

function hasCustomerAccount(version: string): boolean {
  return version.slice(0, customerAccountSince.length) >= customerAccountSince;
}
