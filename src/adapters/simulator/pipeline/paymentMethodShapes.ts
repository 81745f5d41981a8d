import { address } from '../endpoints/givenFields.ts';
import type { PaymentMethodTypeName } from '../instruments/paymentMethodTypes.ts';
import type { Shapes } from '../wire/parameters.ts';

export const redisplay = ['always', 'limited', 'unspecified'] as const;

const billingDetails = {
  address: ['unsettable', address],
  email: 'unsettable',
  name: 'unsettable',
  phone: 'unsettable',
  tax_id: 'unsettable',
} as const satisfies Shapes;

const bank = { bank: 'text' } as const;

/** What may be said of a payment method of each type. */
const typeHashes = {
  acss_debit: { account_number: 'text', institution_number: 'text', transit_number: 'text' },
  affirm: {},
  afterpay_clearpay: {},
  alipay: {},
  alma: {},
  amazon_pay: {},
  au_becs_debit: { account_number: 'text', bsb_number: 'text' },
  bacs_debit: { account_number: 'text', sort_code: 'text' },
  bancontact: {},
  billie: {},
  blik: {},
  boleto: { tax_id: 'text' },
  card: {
    cvc: 'text',
    exp_month: 'integer',
    exp_year: 'integer',
    networks: { preferred: 'text' },
    number: 'text',
    token: 'text',
  },
  cashapp: {},
  crypto: {},
  custom: { type: 'text' },
  customer_balance: {},
  eps: bank,
  fpx: { account_holder_type: 'text', bank: 'text' },
  giropay: {},
  grabpay: {},
  ideal: bank,
  kakao_pay: {},
  klarna: { dob: { day: 'integer', month: 'integer', year: 'integer' } },
  konbini: {},
  kr_card: {},
  link: {},
  mb_way: {},
  mobilepay: {},
  multibanco: {},
  naver_pay: { funding: ['card', 'points'] },
  nz_bank_account: {
    account_holder_name: 'text',
    account_number: 'text',
    bank_code: 'text',
    branch_code: 'text',
    reference: 'text',
    suffix: 'text',
  },
  oxxo: {},
  p24: bank,
  pay_by_bank: {},
  payco: {},
  paynow: {},
  paypal: {},
  pix: {},
  promptpay: {},
  revolut_pay: {},
  samsung_pay: {},
  satispay: {},
  sepa_debit: { iban: 'text' },
  sofort: { country: 'text' },
  swish: {},
  twint: {},
  us_bank_account: {
    account_holder_type: 'text',
    account_number: 'text',
    account_type: 'text',
    financial_connections_account: 'text',
    routing_number: 'text',
  },
  wechat_pay: {},
  zip: {},
} as const satisfies Record<PaymentMethodTypeName, Shapes>;

/** What a payment method is made of, also within an intent. */
export const paymentMethodData = {
  ...typeHashes,
  allow_redisplay: redisplay,
  billing_details: billingDetails,
  interac_present: {},
  metadata: 'free',
  radar_options: { session: 'text' },
  type: 'text',
} as const satisfies Shapes;

/** What can be changed of a payment method. */
export const paymentMethodChanges = {
  allow_redisplay: redisplay,
  billing_details: billingDetails,
  card: { exp_month: 'integer', exp_year: 'integer', networks: { preferred: 'text' } },
  metadata: 'free',
  us_bank_account: { account_holder_type: 'text', account_type: 'text' },
} as const satisfies Shapes;
