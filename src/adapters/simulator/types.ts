import type { JsonObject } from './wire.ts';

/** A payment method type: whether a customer can keep one, and what its hash holds when nothing was said of it. */
export type PaymentMethodType = { readonly saveable: boolean; readonly hash: JsonObject };

const saveable: PaymentMethodType = { saveable: true, hash: {} };
const singleUse: PaymentMethodType = { saveable: false, hash: {} };

/** The types that can be created here. Which ones can be saved is documented only in part. */
export const paymentMethodTypes: ReadonlyMap<string, PaymentMethodType> = new Map([
  ['card', saveable],
  [
    'sepa_debit',
    {
      saveable: true,
      hash: {
        bank_code: '37040044',
        branch_code: '',
        country: 'DE',
        fingerprint: 'o7tmJ1g4Fc7E6bNh',
        generated_from: { charge: null, setup_attempt: null },
        last4: '3000',
      },
    },
  ],
  [
    'us_bank_account',
    {
      saveable: true,
      hash: {
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
    },
  ],
  ['amazon_pay', saveable],
  ['cashapp', { saveable: true, hash: { buyer_id: null, cashtag: null } }],
  ['link', { saveable: true, hash: { email: null } }],
  ['paypal', { saveable: true, hash: { country: null, payer_email: null, payer_id: null } }],
  ['revolut_pay', saveable],
  ['affirm', singleUse],
  ['afterpay_clearpay', singleUse],
  ['bancontact', singleUse],
  ['eps', { saveable: false, hash: { bank: null } }],
  ['giropay', singleUse],
  ['ideal', { saveable: false, hash: { bank: null, bic: null } }],
  ['p24', { saveable: false, hash: { bank: null } }],
  ['wechat_pay', singleUse],
]);
