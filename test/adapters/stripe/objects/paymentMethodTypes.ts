import type Stripe from 'stripe';

const funding = { brand: null, cardholder_name: null, country: null, fingerprint: null, funding: null, last4: null };
const present = {
  ...funding,
  description: null,
  exp_month: 11,
  exp_year: 2030,
  issuer: null,
  networks: null,
  preferred_locales: null,
  read_method: null,
};

/**
 * The hash that comes with each type, in the official SDK's own types: one that is added to them is missing here, and the
 * typecheck says so. As far as it may be null or absent, it is.
 */
export const hashes: { readonly [Type in Stripe.PaymentMethod.Type]: NonNullable<Stripe.PaymentMethod[Type]> } = {
  acss_debit: { bank_name: null, fingerprint: null, institution_number: null, last4: null, transit_number: null },
  affirm: {},
  afterpay_clearpay: {},
  alipay: {},
  alma: {},
  amazon_pay: {},
  au_becs_debit: { bsb_number: null, fingerprint: null, last4: null },
  bacs_debit: { fingerprint: null, last4: null, sort_code: null },
  bancontact: {},
  billie: {},
  blik: {},
  boleto: { tax_id: '000.000.000-00' },
  card: {
    brand: 'visa',
    checks: null,
    country: null,
    display_brand: null,
    exp_month: 11,
    exp_year: 2030,
    funding: 'credit',
    generated_from: null,
    last4: '4242',
    networks: null,
    regulated_status: null,
    three_d_secure_usage: null,
    wallet: null,
  },
  card_present: { ...present, brand_product: null, offline: null, wallet: { type: 'apple_pay' } },
  cashapp: { buyer_id: null, cashtag: null },
  crypto: {},
  custom: { display_name: null, logo: null, type: 'cpmt_1' },
  customer_balance: {},
  eps: { bank: null },
  fpx: { account_holder_type: null, bank: 'maybank2u' },
  giropay: {},
  grabpay: {},
  ideal: { bank: null, bic: null },
  interac_present: present,
  kakao_pay: {},
  klarna: {},
  konbini: {},
  kr_card: { brand: null, last4: null },
  link: { email: null },
  mb_way: {},
  mobilepay: {},
  multibanco: {},
  naver_pay: { buyer_id: null, funding: 'points' },
  nz_bank_account: {
    account_holder_name: null,
    bank_code: '11',
    bank_name: 'Test Bank',
    branch_code: '0000',
    last4: '0010',
    suffix: null,
  },
  oxxo: {},
  p24: { bank: null },
  pay_by_bank: {},
  payco: {},
  paynow: {},
  paypal: { country: null, payer_email: null, payer_id: null },
  pix: {},
  promptpay: {},
  revolut_pay: {},
  samsung_pay: {},
  satispay: {},
  sepa_debit: {
    bank_code: null,
    branch_code: null,
    country: null,
    fingerprint: null,
    generated_from: null,
    last4: null,
  },
  sofort: { country: null },
  swish: {},
  twint: {},
  us_bank_account: {
    account_holder_type: null,
    account_type: null,
    bank_name: null,
    financial_connections_account: null,
    fingerprint: null,
    last4: null,
    networks: null,
    routing_number: null,
    status_details: null,
  },
  wechat_pay: {},
  zip: {},
};

/** A payment method of this type that belongs to `cus_1`. */
export function paymentMethodOf(type: Stripe.PaymentMethod.Type): Stripe.PaymentMethod {
  const billing_details = { address: null, email: null, name: null, phone: null, tax_id: null };
  const shared = { id: 'pm_1', object: 'payment_method' as const, billing_details, metadata: null, livemode: false };
  return { ...shared, created: 1_762_799_343, customer: 'cus_1', type, [type]: hashes[type] };
}
