import type { JsonObject } from '../wire/json.ts';

/** A payment method type: whether a customer can keep one, and what its hash holds when nothing was said of it. */
export type PaymentMethodType = { readonly saveable: boolean; readonly hash: JsonObject };

/**
 * A customer can keep what the official SDK's types let one set up for later (`setup_future_usage`), but for what becomes
 * a SEPA debit by it.
 */
const saveable = {
  card: {},
  acss_debit: {
    bank_name: 'STRIPE TEST BANK',
    fingerprint: 'Kz8TnV2wQm4LrXs7',
    institution_number: '000',
    last4: '6789',
    transit_number: '11000',
  },
  alipay: {},
  amazon_pay: {},
  au_becs_debit: { bsb_number: '000000', fingerprint: 'p3YdWc9BhJ6tFe1R', last4: '3456' },
  bacs_debit: { fingerprint: 'Vb5NqG8xZk2SaD7u', last4: '2345', sort_code: '108800' },
  boleto: { tax_id: '00000000000' },
  cashapp: { buyer_id: null, cashtag: null },
  kakao_pay: {},
  klarna: {},
  kr_card: { brand: null, last4: null },
  link: { email: null },
  naver_pay: { buyer_id: null, funding: 'card' },
  nz_bank_account: {
    account_holder_name: null,
    bank_code: '11',
    bank_name: 'STRIPE TEST BANK',
    branch_code: '0000',
    last4: '0010',
    suffix: '010',
  },
  paypal: { country: null, payer_email: null, payer_id: null },
  revolut_pay: {},
  sepa_debit: {
    bank_code: '37040044',
    branch_code: '',
    country: 'DE',
    fingerprint: 'o7tmJ1g4Fc7E6bNh',
    generated_from: { charge: null, setup_attempt: null },
    last4: '3000',
  },
  us_bank_account: {
    account_holder_type: 'individual',
    account_type: 'checking',
    bank_name: 'STRIPE TEST BANK',
    financial_connections_account: null,
    fingerprint: 'FFDMA0jJDFjDf0aS',
    last4: '6789',
    networks: { preferred: 'ach', supported: ['ach'] },
    routing_number: '110000000',
    status_details: {},
  },
} as const satisfies Readonly<Record<string, JsonObject>>;

const singleUse = {
  affirm: {},
  afterpay_clearpay: {},
  alma: {},
  bancontact: {},
  billie: {},
  blik: {},
  crypto: {},
  custom: { display_name: null, logo: null, type: 'cpmt_1Custom' },
  customer_balance: {},
  eps: { bank: null },
  fpx: { account_holder_type: null, bank: 'maybank2u' },
  giropay: {},
  grabpay: {},
  ideal: { bank: null, bic: null },
  konbini: {},
  mb_way: {},
  mobilepay: {},
  multibanco: {},
  oxxo: {},
  p24: { bank: null },
  pay_by_bank: {},
  payco: {},
  paynow: {},
  pix: {},
  promptpay: {},
  samsung_pay: {},
  satispay: {},
  sofort: { country: null },
  swish: {},
  twint: {},
  wechat_pay: {},
  zip: {},
} as const satisfies Readonly<Record<string, JsonObject>>;

export type PaymentMethodTypeName = keyof typeof saveable | keyof typeof singleUse;

/** The types that can be created here. */
export const paymentMethodTypes: ReadonlyMap<string, PaymentMethodType> = new Map<string, PaymentMethodType>([
  ...Object.entries(saveable).map(([type, hash]): [string, PaymentMethodType] => [type, { saveable: true, hash }]),
  ...Object.entries(singleUse).map(([type, hash]): [string, PaymentMethodType] => [type, { saveable: false, hash }]),
]);

/** The types of an intent for which the caller names none: what an account's Dashboard would switch on. */
export const automaticTypes: readonly string[] = ['card', 'link', 'sepa_debit', 'us_bank_account'];
