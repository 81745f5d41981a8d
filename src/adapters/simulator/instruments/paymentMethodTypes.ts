import type { JsonObject } from '../wire/json.ts';

/** A payment method type: whether a customer can keep one, and what its hash holds when nothing was said of it. */
export type PaymentMethodType = { readonly saveable: boolean; readonly hash: JsonObject };

/** Which types a customer can keep is documented only in part. */
const saveable: Readonly<Record<string, JsonObject>> = {
  card: {},
  acss_debit: {
    bank_name: 'STRIPE TEST BANK',
    fingerprint: 'Kz8TnV2wQm4LrXs7',
    institution_number: '000',
    last4: '6789',
    transit_number: '11000',
  },
  amazon_pay: {},
  au_becs_debit: { bsb_number: '000000', fingerprint: 'p3YdWc9BhJ6tFe1R', last4: '3456' },
  bacs_debit: { fingerprint: 'Vb5NqG8xZk2SaD7u', last4: '2345', sort_code: '108800' },
  cashapp: { buyer_id: null, cashtag: null },
  link: { email: null },
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
};

const singleUse: Readonly<Record<string, JsonObject>> = {
  affirm: {},
  afterpay_clearpay: {},
  alipay: {},
  alma: {},
  bancontact: {},
  billie: {},
  blik: {},
  boleto: { tax_id: '00000000000' },
  eps: { bank: null },
  fpx: { account_holder_type: null, bank: 'maybank2u' },
  giropay: {},
  grabpay: {},
  ideal: { bank: null, bic: null },
  kakao_pay: {},
  klarna: {},
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
};

/** The types that can be created here. */
export const paymentMethodTypes: ReadonlyMap<string, PaymentMethodType> = new Map<string, PaymentMethodType>([
  ...Object.entries(saveable).map(([type, hash]): [string, PaymentMethodType] => [type, { saveable: true, hash }]),
  ...Object.entries(singleUse).map(([type, hash]): [string, PaymentMethodType] => [type, { saveable: false, hash }]),
]);

/** The types of an intent for which the caller names none: what an account's Dashboard would switch on. */
export const automaticTypes: readonly string[] = ['card', 'link', 'sepa_debit', 'us_bank_account'];
