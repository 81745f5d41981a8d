import type { Json, JsonObject } from '../wire/json.ts';
import { has } from '../wire/versions.ts';
import type { CardRecord, CustomerRecord, Owner, PaymentMethodRecord } from '../world/records.ts';
import type { World } from '../world/world.ts';

/** For whom an object is written: the shape of this API version, in this mode of this account. */
export type View = {
  readonly version: string;
  readonly livemode: boolean;
  readonly accountId: string;
  /** the account that a customer is as well; null where it is none */
  readonly accountOf: (customerId: string) => string | null;
};

const displayBrands: ReadonlyMap<string, string> = new Map([
  ['amex', 'american_express'],
  ['diners', 'diners_club'],
  ['unionpay', 'union_pay'],
]);

export function viewOf({ version, world }: { readonly version: string; readonly world: World }): View {
  const accountOf = (customerId: string) => world.customers.get(customerId)?.account ?? null;
  return { version, livemode: world.livemode, accountId: world.accountId, accountOf };
}

/** A PaymentMethod (https://docs.stripe.com/api/payment_methods/object). */
export function paymentMethodObject(record: PaymentMethodRecord, view: View): JsonObject {
  const { version, livemode } = view;
  const hash = record.card === null ? record.hash : cardObject(record.card);
  return {
    id: record.id,
    object: 'payment_method',
    allow_redisplay: record.allowRedisplay,
    billing_details: record.billingDetails,
    [record.type]: hash,
    created: record.created,
    ...ownerObject(record.owner, view),
    livemode,
    metadata: record.metadata,
    ...(has('sharedPaymentGrantedToken', version) ? { shared_payment_granted_token: null } : {}),
    type: record.type,
  };
}

/** A Customer (https://docs.stripe.com/api/customers/object), or what is left of one that was deleted. */
export function customerObject(record: CustomerRecord, { version, livemode }: View): JsonObject {
  if (record.deleted) return { id: record.id, object: 'customer', deleted: true };
  return {
    id: record.id,
    object: 'customer',
    address: null,
    balance: 0,
    created: record.created,
    currency: null,
    ...(has('customerAccount', version) ? { customer_account: record.account } : {}),
    default_source: null,
    delinquent: false,
    description: record.description,
    discount: null,
    email: record.email,
    invoice_prefix: record.invoicePrefix,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: record.defaultPaymentMethod,
      footer: null,
      rendering_options: null,
      ...record.invoiceSettings,
    },
    livemode,
    metadata: record.metadata,
    name: record.name,
    next_invoice_sequence: 1,
    phone: record.phone,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
    ...record.given,
  };
}

/**
 * `customer`, and `customer_account` where the version has it: both, for one who is both. What belongs to an account alone
 * shows it at any version, since the caller must see whom it was given to.
 */
export function ownerObject(owner: Owner | null, { version, accountOf }: View): Record<string, Json> {
  if (owner?.kind === 'customerAccount') return { customer: null, customer_account: owner.id };
  const customer = owner?.id ?? null;
  if (!has('customerAccount', version)) return { customer };
  return { customer, customer_account: customer === null ? null : accountOf(customer) };
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
    networks: { available: [card.brand], preferred: card.preferredNetwork },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}
